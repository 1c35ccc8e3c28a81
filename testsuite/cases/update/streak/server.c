#include <serve.h>

#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)

static int count;

/* A function of a new name with each version. */
static int NAME(version_, VERSION)(void)
{
    static int calls;

    return ++calls;
}

/* A table that gains a row with each version. */
static int table[VERSION] = { 100 };

int late = VERSION;

static void answer(const char *text)
{
    table[0]++;
    table[VERSION - 1] += 1;
    say("%s: version %d, line %d, call %d, %d, %d rows, late %d", text, VERSION, ++count,
        NAME(version_, VERSION)(), table[0], (int)(sizeof table / sizeof *table), late);
}

SERVE(answer)
