#include <serve.h>
#include <stdlib.h>

struct clock {
    int ticks;
#if VERSION >= 2
    int rate;
#endif
};

/* The changed struct is the first member, one in the middle, and one inside another by value. */
struct box {
    struct clock clock;
};

struct machine {
    struct clock first;
    int number;
    struct clock middle;
    struct box box;
    char name[6];
#if VERSION >= 3
    struct clock added;
    struct box boxes[2];
#endif
};

static struct machine *machines[2];
static struct machine global = { .number = 9, .name = "glob" };

static void tick(struct clock *c, int by)
{
    c->ticks += by;
#if VERSION >= 2
    c->rate += 10 * by;
#endif
}

static char *text_of(char *out, const struct clock *c)
{
#if VERSION == 1
    sprintf(out, "%d", c->ticks);
#else
    sprintf(out, "%d/%d", c->ticks, c->rate);
#endif
    return out;
}

static void answer(const char *text)
{
    int index = *text - '0';
    struct machine *m = &global;
    char a[30], b[30], c[30];

    if (*text != 'g') {
        if (!machines[index]) {
            machines[index] = malloc(sizeof *m);
            memset(machines[index], 0, sizeof *m);
            machines[index]->number = index;
        }
        m = machines[index];
    }
    if (text[1] == '+') {
        tick(&m->first, 1);
        tick(&m->middle, 2);
        tick(&m->box.clock, 3);
#if VERSION >= 3
        tick(&m->added, 4);
        tick(&m->boxes[1].clock, 5);
#endif
    }
    say("%d %s %s %s '%s'", m->number, text_of(a, &m->first), text_of(b, &m->middle),
        text_of(c, &m->box.clock), m->name);
#if VERSION >= 3
    say("and %s %s %s", text_of(a, &m->added), text_of(b, &m->boxes[0].clock),
        text_of(c, &m->boxes[1].clock));
#endif
}

SERVE(answer)
