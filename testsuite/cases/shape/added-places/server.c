#include <serve.h>
#include <stdlib.h>

struct visitor {
#if VERSION >= 2
    int first;
#endif
    int number;
#if VERSION >= 2
    int middle;
#endif
    char *name;
    struct visitor *next;
#if VERSION >= 2
    int last;
#endif
#if VERSION >= 3
    long visits;
#endif
};

static struct visitor *visitors;
static int count;

static struct visitor *find(const char *name)
{
    struct visitor *v;

    for (v = visitors; v; v = v->next)
        if (strcmp(v->name, name) == 0)
            return v;
    v = malloc(sizeof *v);
    memset(v, 0, sizeof *v);
    v->number = ++count;
    v->name = strdup(name);
    v->next = visitors;
    visitors = v;
    return v;
}

static void answer(const char *text)
{
    struct visitor *v = find(text);

#if VERSION == 1
    say("%d %s", v->number, v->name);
#else
    v->first += 1;
    v->middle += 10;
    v->last += 100;
#if VERSION == 2
    say("%d %d %d %s %d", v->first, v->number, v->middle, v->name, v->last);
#else
    v->visits += 1000;
    say("%d %d %d %s %d %ld", v->first, v->number, v->middle, v->name, v->last, v->visits);
#endif
#endif
}

SERVE(answer)
