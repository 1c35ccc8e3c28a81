#include <serve.h>
#include <stddef.h>
#include <stdlib.h>

struct link {
    struct link *next;
};

struct item {
    int number;
    struct link all;
#if VERSION == 2
    struct link even;
#endif
};

static struct link *items;
static int count;
#if VERSION == 2
static struct link *evens;
#endif

#define OBJECT(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

static void add(struct link **list, struct link *link)
{
    link->next = *list;
    *list = link;
}

static void answer(const char *text)
{
    struct item *item = calloc(1, sizeof *item);
    int sum = 0;

    item->number = ++count;
    add(&items, &item->all);
    for (struct link *at = items; at; at = at->next)
        sum += OBJECT(at, struct item, all)->number;
#if VERSION == 2
    if (count % 2 == 0)
        add(&evens, &item->even);
    for (struct link *at = evens; at; at = at->next)
        sum += 1000 * OBJECT(at, struct item, even)->number;
#endif
    say(VERSION == 3 ? "%s: %d" : "%s %d", text, sum);
}

SERVE(answer)
