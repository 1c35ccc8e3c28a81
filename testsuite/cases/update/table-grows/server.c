#include <serve.h>

struct counter {
    const char *name;
    int hits;
};

static struct counter counters[] = {
    { "apple", 0 },
    { "pear", 0 },
#if VERSION >= 2
    { "plum", 40 },
    { "cherry", 50 },
#endif
};

static void answer(const char *text)
{
    int all = 0;

    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        if (strcmp(counters[i].name, text) == 0)
            say("%s %d", text, ++counters[i].hits);
        all += counters[i].hits;
    }
    say("all %d", all);
}

SERVE(answer)
