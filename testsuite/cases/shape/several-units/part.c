#include "server.h"

struct local {
    char letter;
#if VERSION >= 2
    double touches;
#endif
};

static struct local local = { .letter = 'A' };

struct part *part_new(int number, const char *name)
{
    struct part *p = malloc(sizeof *p);

    memset(p, 0, sizeof *p);
    p->number = number;
    snprintf(p->name, sizeof p->name, "%s", name);
#if VERSION >= 2
    p->owner = &root;
#endif
    return p;
}

int part_sum(const struct part *p)
{
#if VERSION == 1
    return p->number;
#elif VERSION == 2
    return p->number + 1000 * (p->owner != NULL);
#else
    return p->number + 1000 * (p->owner != NULL) + 10000 * p->weight;
#endif
}

void part_touch(struct part *p)
{
    local.letter++;
    root.number += p->number;
#if VERSION >= 2
    local.touches += 0.5;
    root.owner = p;
#endif
#if VERSION >= 3
    p->weight += 200;
    root.weight++;
#endif
}

void part_show(const struct part *p)
{
#if VERSION == 1
    say("%d %s %c", p->number, p->name, local.letter);
#elif VERSION == 2
    say("%d %s of %s %c %.1f", p->number, p->name, p->owner ? p->owner->name : "none",
        local.letter, local.touches);
#else
    say("%d %s of %s %d %c %.1f", p->number, p->name, p->owner ? p->owner->name : "none",
        p->weight, local.letter, local.touches);
#endif
}
