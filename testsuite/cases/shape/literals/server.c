#include <serve.h>
#include <stdlib.h>

struct pair {
    int a;
#if VERSION >= 2
    int b;
#endif
    char c;
#if VERSION >= 3
    long d;
#endif
};

struct holder {
    int number;
    struct pair one, two[2];
};

static struct pair *heap;
static struct holder global;

static int sum(const struct pair *p)
{
#if VERSION == 1
    return p->a + p->c;
#elif VERSION == 2
    return p->a + p->b + p->c;
#else
    return p->a + p->b + p->c + p->d;
#endif
}

static void show(const char *what)
{
    say("%s %d: %d %d %d %d", what, global.number, sum(heap), sum(&global.one),
        sum(&global.two[0]), sum(&global.two[1]));
}

static void answer(const char *text)
{
    int n = strlen(text);

    if (!heap)
        heap = malloc(sizeof *heap);
#if VERSION == 1
    *heap = (struct pair){ n, 1 };
    global = (struct holder){ 7, { n, 2 }, { { 3, 4 }, { .c = n } } };
    show("v1");
#elif VERSION == 2
    if (n == 1)
        return show("before");
    *heap = (struct pair){ n, 100, 1 };
    global.one = (struct pair){ .b = 200, .a = n };
    show("assigned");
    global = (struct holder){ 8, { n, 300, 2 }, { { 3, 400, 4 }, { .c = n } } };
    show("whole");
    *heap = global.two[0];
    global.one = *heap;
    global.two[1] = global.one;
    show("chain");
    say("direct %d", sum(&(struct pair){ n, 500, 5 }));
    say("element %d", sum(&((struct pair[]){ { 1 }, { n, 600, 6 } })[1]));
#else
    if (n == 1)
        return show("before");
    *heap = (struct pair){ n, 100, 1, 10000 };
    global.one = (struct pair){ .d = 20000, .b = 200, .a = n };
    show("assigned");
    global.two[0] = *heap;
    global.two[1] = (struct pair){ 0 };
    show("cleared");
    global = (struct holder){ .two[1].d = 70000 };
    global.one = *heap;
    show("whole");
    say("direct %d", sum(&(struct pair){ .d = 50000, .c = 5 }));
#endif
}

SERVE(answer)
