#include <serve.h>

struct step {
#if VERSION >= 3
    const char *why;
#endif
    char name[6];
#if VERSION >= 2
    int cost;
#endif
    int length;
};

/* Filled from an automatic array in each call, so these objects do outlive the call. */
static struct step done[3];
static int count;

static void answer(const char *text)
{
    int n = strlen(text);
#if VERSION == 1
    struct step steps[] = { { "one", n }, { "two", 2 }, { .length = 3 } };
#elif VERSION == 2
    struct step steps[3] = { { "one", 10, n }, { .length = 2, .name = "two" }, { .cost = 30 } };
#else
    struct step steps[] = {
        [2] = { "last", "three", .length = n },
        [0] = { .why = "first", .name = { 'o', 'n', 'e' }, .cost = 10, 1 },
    };
#endif

    for (int i = 0; i < 3; i++) {
        struct step *s = &steps[i], *d = &done[i];
#if VERSION == 1
        say("'%s' %d, was '%s' %d", s->name, s->length, d->name, d->length);
#elif VERSION == 2
        say("'%s' %d %d, was '%s' %d %d", s->name, s->cost, s->length, d->name, d->cost, d->length);
#else
        say("'%s' %d %d %s, was '%s' %d %d %s", s->name, s->cost, s->length, s->why ? s->why : "-",
            d->name, d->cost, d->length, d->why ? d->why : "-");
#endif
        done[(i + count) % 3] = steps[i];
    }
    count++;
}

SERVE(answer)
