#include <serve.h>
#include <stdlib.h>

struct item {
    char name[8];
#if VERSION == 1
    int count;
#else
    long count;
    char label[16];
#endif
};

static struct item *items[4];
#if VERSION == 1
static int limit = 5;
#else
static long limit = 6;
#endif

/* Called by the transformer, and unchanged. */
static int weight(const char *name)
{
    return name[1] * 10;
}

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct item *i = items[number];

    if (!i) {
        i = items[number] = calloc(1, sizeof *i);
        snprintf(i->name, sizeof i->name, "i%d", number % 10);
        i->count = weight(i->name);
    }
    i->count++;
    limit++;
#if VERSION == 1
    say("%s %d %d", i->name, i->count, limit);
#else
    say("%s %ld %ld '%s'", i->name, i->count, limit, i->label);
#endif
}

SERVE(answer)
