#include <serve.h>
#include <pthread.h>
#include <search.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Pointers go through many hands that do not look at what they point to. */
struct link {
    struct link *next;
};

struct item {
    char name[8];
#if VERSION >= 2
    int uses;
#endif
    struct link link;
};

struct event {
    void (*call)(void *argument);
    void *argument;
};

static struct link *all;
static struct event event;
static void *tree;
static pthread_key_t key;
static uintptr_t number;

static int by_name(const void *left, const void *right)
{
    const struct item *l = left, *r = right;

    return strcmp(l->name, r->name);
}

static void print(void *argument)
{
    struct item *item = argument;

#if VERSION >= 2
    say("%s %d", item->name, ++item->uses);
#else
    say("%s", item->name);
#endif
}

static void each(void (*call)(void *))
{
    for (struct link *link = all; link != NULL; link = link->next) {
        event.call = call;
        event.argument = (char *)link - offsetof(struct item, link);
        event.call(event.argument);
    }
}

static void answer(const char *text)
{
    struct item *item, wanted, **found;

    if (all == NULL)
        pthread_key_create(&key, NULL);
    snprintf(wanted.name, sizeof wanted.name, "%s", text);
    found = tfind(&wanted, &tree, by_name);
    if (found == NULL) {
        item = calloc(1, sizeof *item);
        memcpy(item->name, wanted.name, sizeof item->name);
        item->link.next = all;
        all = &item->link;
        tsearch(item, &tree, by_name);
    } else {
        item = *found;
    }
    pthread_setspecific(key, item);
    number = (uintptr_t)pthread_getspecific(key);
    print((void *)number);
    each(print);
}

SERVE(answer)
