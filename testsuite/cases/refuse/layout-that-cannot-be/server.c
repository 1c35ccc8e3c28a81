#include <serve.h>
#include <stdlib.h>

/* 2: a struct becomes a union. */
#if VERSION == 2
typedef union {
#else
typedef struct {
#endif
    int number;
    short more;
} value;

/* 3: an array that is as long as the program makes it gets a length. */
struct text {
    int length;
#if VERSION == 3
    char bytes[32];
#else
    char bytes[];
#endif
};

/* 4: a new field asks for more than a block gives. */
struct place {
    int x;
#if VERSION == 4
    _Alignas(64) int y;
#endif
};

/* 6: what objects hold would be called with other arguments. */
struct hook {
#if VERSION == 6
    int (*call)(int, int);
#else
    int (*call)(int);
#endif
};

static int twice(int number)
{
    return 2 * number;
}

#if VERSION == 6
static int times(int number, int factor)
{
    return factor * number;
}
#define CALL(number) hook->call == times ? hook->call(number, 2) : 0
#else
#define CALL(number) hook->call(number)
#endif

static struct hook *hook;
static value *last;
static struct text *name;
static struct place *here;

static void answer(const char *text)
{
    if (!last) {
        last = calloc(1, sizeof *last);
        name = calloc(1, sizeof *name + 16);
        here = calloc(1, sizeof *here);
        hook = calloc(1, sizeof *hook);
#if VERSION == 6
        hook->call = times;
#else
        hook->call = twice;
#endif
    }
    last->number++;
    here->x += 5;
    name->length = snprintf(name->bytes, 16, "%s", text);
#if VERSION == 4
    here->y++;
#endif
    say(VERSION == 5 ? "%d: %s %d %d" : "%d %s %d %d", last->number, name->bytes, name->length, CALL(here->x));
}

SERVE(answer)
