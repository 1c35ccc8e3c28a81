#include <serve.h>
#include <stdlib.h>

struct animal {
    int legs;
};

/* The same thing by another name, with more to it. */
struct beast {
    int legs;
    int horns;
};

struct owner {
    int number;
#if VERSION == 1
    void *pet;
    char *name;
    long *count;
#elif VERSION == 2
    struct animal *pet;
    const char *name;
    const long *count;
#else
    const struct animal *pet;
    const void *name;
    void *count;
#endif
    int end;
};

static struct owner *owners[3];
static long counts[3] = { 100, 200, 300 };

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct owner *o = owners[number];
    const struct animal *pet;

    if (!o) {
        struct beast *beast = malloc(sizeof *beast);
        beast->legs = number + 4;
        beast->horns = 2;
        o = owners[number] = malloc(sizeof *o);
        o->number = number;
        o->pet = (void *)beast;
        o->name = strdup(text + 1);
        o->count = &counts[number];
        o->end = 77;
    }
    pet = o->pet;
    counts[number]++;
#if VERSION < 3
    say("%d %d %s %ld %d", o->number, pet->legs, o->name, *o->count, o->end);
#else
    say("v3 %d %d %s %ld %d", o->number, pet->legs, (const char *)o->name, *(long *)o->count,
        o->end);
#endif
}

SERVE(answer)
