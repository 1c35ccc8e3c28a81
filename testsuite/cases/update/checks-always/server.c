#include <serve.h>
#include <stdlib.h>

struct part {
    int weight;
};

/* On the heap, where the bytes of what was there before are its version. */
struct item {
    struct part part;
    struct item *next;
    char name[8];
#if VERSION >= 2
    int seen;
#endif
};

/* Shares its bytes: it has no room for a version. */
struct pair {
    unsigned char low, high;
};

union number {
    struct pair pair;
    unsigned short whole;
};

/* Cannot be written. */
static const struct part constants[] = { { 100 }, { 200 } };
static struct item *items;
static struct part total;

static int weigh(const struct item *item)
{
    return item->part.weight;
}

static void answer(const char *text)
{
    struct part before = total;
    union number number = { .whole = 0x0201 };
    struct item *item = malloc(sizeof *item);

    memset(item, 0xff, sizeof *item);
    item->part.weight = (int)strlen(text) + constants[strlen(text) % 2].weight;
    item->next = items;
    strcpy(item->name, text);
#if VERSION >= 2
    item->seen = 0;
#endif
    items = item;
    total.weight += weigh(item);
    number.pair.low++;
    say("%d to %d, %x", before.weight, total.weight, number.whole);
    for (item = items; item; item = item->next)
#if VERSION == 1
        say("%s %d", item->name, item->part.weight);
#else
        say("%s %d seen %d", item->name, (*item).part.weight, ++item->seen);
#endif
}

SERVE(answer)
