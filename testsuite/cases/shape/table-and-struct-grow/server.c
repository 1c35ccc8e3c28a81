#include <serve.h>

struct counter {
    const char *name;
    int hits;
#if VERSION >= 2
    int step;
#endif
#if VERSION >= 3
    char last[8];
#endif
};

static struct counter counters[] = {
#if VERSION == 1
    { "apple", 0 },
    { "pear", 5 },
#elif VERSION == 2
    { "apple", 0, 10 },
    { "pear", 6, 20 },
    { .name = "plum", .step = 30 },
#else
    { "apple", 0, 10, "none" },
    { "pear", 6, 21, "none" },
    { "plum", 0, 30, "none" },
    { "cherry", 40, 50, "new" },
#endif
};

static void answer(const char *text)
{
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        struct counter *c = &counters[i];
#if VERSION == 1
        if (strcmp(c->name, text) == 0)
            c->hits++;
        say("%s %d", c->name, c->hits);
#elif VERSION == 2
        if (strcmp(c->name, text) == 0)
            c->hits += c->step++;
        say("%s %d %d", c->name, c->hits, c->step);
#else
        if (strcmp(c->name, text) == 0) {
            c->hits += c->step++;
            strcpy(c->last, "hit");
        }
        say("%s %d %d %s", c->name, c->hits, c->step, c->last);
#endif
    }
}

SERVE(answer)
