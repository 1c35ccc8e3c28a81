#include <serve.h>
#include <stdlib.h>

/* A list that knows nothing of what it holds. */
struct list {
    void **items;
    int count;
};

static void push(struct list *l, void *item)
{
    l->items = realloc(l->items, (l->count + 1) * sizeof *l->items);
    l->items[l->count++] = item;
}

static void each(struct list *l, void (*what)(void *item, void *argument), void *argument)
{
    for (int i = 0; i < l->count; i++)
        what(l->items[i], argument);
}

struct person {
    char name[8];
#if VERSION >= 2
    long pay;
#endif
    int age;
#if VERSION >= 3
    char city[12];
#endif
};

struct total {
    int ages;
#if VERSION >= 2
    long pay;
#endif
};

static struct list people;

static void one_year(void *item, void *argument)
{
    struct person *p = item;
    struct total *t = argument;

    t->ages += ++p->age;
#if VERSION >= 2
    t->pay += p->pay += 1000;
#endif
#if VERSION >= 3
    snprintf(p->city, sizeof p->city, "city %d", p->age);
#endif
}

static void print(void *item, void *argument)
{
    const struct person *p = item;

    (void)argument;
#if VERSION == 1
    say("%s %d", p->name, p->age);
#elif VERSION == 2
    say("%s %d %ld", p->name, p->age, p->pay);
#else
    say("%s %d %ld '%s'", p->name, p->age, p->pay, p->city);
#endif
}

static int by_age(const void *left, const void *right)
{
    const struct person *l = *(void *const *)left, *r = *(void *const *)right;

#if VERSION >= 2
    if (l->pay != r->pay)
        return l->pay > r->pay ? -1 : 1;
#endif
    return r->age - l->age;
}

static void answer(const char *text)
{
    struct total total = { 0 };
    struct person *p;

    if (strcmp(text, "print") == 0) {
        qsort(people.items, people.count, sizeof *people.items, by_age);
        each(&people, print, NULL);
        return;
    }
    if (strcmp(text, "year") != 0) {
        p = calloc(1, sizeof *p);
        snprintf(p->name, sizeof p->name, "%s", text);
        p->age = 10 * strlen(text);
        push(&people, p);
    }
    each(&people, one_year, &total);
#if VERSION == 1
    say("all %d", total.ages);
#else
    say("all %d %ld", total.ages, total.pay);
#endif
}

SERVE(answer)
