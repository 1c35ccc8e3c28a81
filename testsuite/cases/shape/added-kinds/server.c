#include <serve.h>
#include <stdlib.h>

struct place {
    int x, y;
};

struct item {
    int number;
#if VERSION >= 2
    char label[20];
    struct item *peer;
    struct place at;
    unsigned urgent : 1, level : 5;
    int (*weigh)(int);
#endif
    char kind;
#if VERSION >= 3
    struct place corners[2];
    double weight;
    const char *note;
#endif
};

static struct item *items[3];

#if VERSION >= 2
static int twice(int number)
{
    return 2 * number;
}

static int thrice(int number)
{
    return 3 * number;
}

static void fill(struct item *i, const char *text)
{
    snprintf(i->label, sizeof i->label, "label of %s", text);
    i->peer = items[(i->number + 1) % 3];
    i->at.x = i->number + 10;
    i->at.y = -i->at.x;
    i->urgent = 1;
    i->level = 20 + i->number;
    i->weigh = i->number == 1 ? twice : thrice;
#if VERSION >= 3
    i->corners[1] = i->at;
    i->corners[0].y = 7;
    i->weight = i->number + 0.5;
    i->note = "noted";
#endif
}

static void show(const struct item *i)
{
    say("%d %c '%s' %d %d,%d %u %u %d", i->number, i->kind, i->label,
        i->peer ? i->peer->number : -1, i->at.x, i->at.y, i->urgent, i->level,
        i->weigh ? i->weigh(i->number) : -1);
#if VERSION >= 3
    say("%d,%d %d,%d %.1f %s", i->corners[0].x, i->corners[0].y, i->corners[1].x, i->corners[1].y,
        i->weight, i->note ? i->note : "none");
#endif
}
#else
static void show(const struct item *i)
{
    say("%d %c", i->number, i->kind);
}
#endif

static void answer(const char *text)
{
    int number = text[0] - '0';

    if (!items[number]) {
        items[number] = calloc(1, sizeof *items[number]);
        items[number]->number = number;
        items[number]->kind = 'a' + number;
    }
#if VERSION >= 2
    if (text[1] == '!')
        fill(items[number], text);
#endif
    show(items[number]);
}

SERVE(answer)
