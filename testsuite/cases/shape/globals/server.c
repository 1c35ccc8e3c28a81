#include <serve.h>

struct limits {
    int low;
#if VERSION >= 2
    const char *label;
#endif
    int high;
#if VERSION >= 3
    long steps[3];
#endif
};

/* Without initialiser, with one, static in a function, and reached by a pointer. */
struct limits plain;
static struct limits set = { .low = 3, .high = 30 };
static struct limits *reached = &set;

static void show(const char *name, struct limits *l, int by)
{
    l->low += by;
    l->high += 2 * by;
#if VERSION >= 2
    if (by)
        l->label = by == 1 ? "one" : "more";
#endif
#if VERSION >= 3
    l->steps[1] -= by;
    l->steps[2] += 3 * by;
#endif
#if VERSION == 1
    say("%s %d %d", name, l->low, l->high);
#elif VERSION == 2
    say("%s %d %s %d", name, l->low, l->label ? l->label : "none", l->high);
#else
    say("%s %d %s %d %ld %ld %ld", name, l->low, l->label ? l->label : "none", l->high,
        l->steps[0], l->steps[1], l->steps[2]);
#endif
}

static void answer(const char *text)
{
    static struct limits inner;
    static struct limits given = { 1, .high = 2 };
    int by = text[1] ? text[1] - '0' : 0;

    switch (*text) {
    case 'p':
        return show("plain", &plain, by);
    case 's':
        return show("set", &set, by);
    case 'r':
        return show("reached", reached, by);
    case 'i':
        return show("inner", &inner, by);
    case 'g':
        return show("given", &given, by);
    }
}

SERVE(answer)
