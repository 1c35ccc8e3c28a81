#include <serve.h>
#include <stdlib.h>

#define PAIR(type, name) type name##_low, name##_high

typedef int numbers[3];

/* Several fields in one declaration, and declarators of all sorts. */
struct all {
#if VERSION == 1
    int a, b, *c, d[2];
    PAIR(short, range);
    const char *const names[2], *name;
    int (*table)[2], (*call)(int), *(*find)(struct all *, int);
    numbers n, *m;
#elif VERSION == 2
    int a, added, *c, d[2], e;
    PAIR(short, range);
    PAIR(long, more);
    const char *const names[2], *name;
    int (*call)(int), (*table)[2], *(*find)(struct all *, int), (*calls[2])(int);
    numbers n, k, *m;
#else
    volatile int a, e;
    long added, *gone;
    int *c, d[2];
    PAIR(short, range);
    PAIR(int, more);
    const char *const names[2], *name, letters[3];
    int (*table)[2], *(*find)(struct all *, int), (*call)(int), (*calls[3])(int);
    numbers *m, k, n;
#endif
};

static int rows[3][2] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
static numbers more = { 7, 8, 9 };

static int twice(int n)
{
    return 2 * n;
}

static int *second(struct all *all, int n)
{
    return &all->table[n][1];
}

static struct all *make(void)
{
    struct all from = { .names = { "first", "second" } };
    struct all *all = malloc(sizeof *all);

    memcpy(all, &from, sizeof from);
    all->a = 1;
    all->c = &rows[2][0];
    all->d[1] = 11;
    all->range_low = -1;
    all->range_high = 12;
    all->name = "name";
    all->table = rows;
    all->call = twice;
    all->find = second;
    all->n[2] = 13;
    all->m = &more;
    return all;
}

static struct all *objects[3];

static void answer(const char *text)
{
    struct all *all = objects[*text - '0'];

    if (!all)
        all = objects[*text - '0'] = make();
    if (text[1] == '+') {
        all->a++;
        all->c--;
        all->d[0]--;
        all->range_high++;
        all->table++;
        all->n[0]--;
#if VERSION == 1
        all->b = 100;
#else
        all->added += 1000;
        all->e += 10;
        all->more_low++;
        all->more_high--;
        all->calls[1] = twice;
        all->k[1] += 5;
#endif
#if VERSION >= 3
        all->gone = &all->added;
        memcpy((char *)all->letters, "xy", 3);
        all->calls[2] = all->calls[1];
#endif
    }
    say("%d %d %d,%d %d..%d %s %s %d %d %d,%d %d", all->a, *all->c, all->d[0], all->d[1],
        all->range_low, all->range_high, all->names[1], all->name, all->call(*all->table[0]),
        *all->find(all, 0), all->n[0], all->n[2], (*all->m)[1]);
#if VERSION == 1
    say("%d", all->b);
#else
    say("%ld %d %ld %ld %d %d", (long)all->added, all->e, (long)all->more_low,
        (long)all->more_high, all->calls[1] ? all->calls[1](4) : -1, all->k[1]);
#endif
#if VERSION >= 3
    say("%ld %.3s %d", all->gone ? *all->gone : -1, all->letters,
        all->calls[2] ? all->calls[2](5) : -1);
#endif
}

SERVE(answer)
