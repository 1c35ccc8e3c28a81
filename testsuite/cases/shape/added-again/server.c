#include <serve.h>
#include <stdlib.h>

/* Version 2 adds `extra`, version 3 removes it, version 4 has it again. */
struct thing {
    int number;
#if VERSION == 2 || VERSION == 4
    int extra;
#endif
    int uses;
};

static struct thing *things[3];

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct thing *t = things[number];

    if (!t) {
        t = things[number] = malloc(sizeof *t);
        *t = (struct thing){ .number = number };
    }
    t->uses++;
#if VERSION == 2 || VERSION == 4
    t->extra += VERSION * 10;
    say("%d %d %d v%d", t->number, t->extra, t->uses, VERSION);
#else
    say("%d %d v%d", t->number, t->uses, VERSION);
#endif
}

SERVE(answer)
