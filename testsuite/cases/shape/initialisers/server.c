#include <serve.h>

struct inner {
    short x, y;
#if VERSION >= 2
    short z;
#endif
};

struct limits {
    int low;
#if VERSION >= 3
    char added[8];
#endif
    char unit;
#if VERSION == 1
    int scale;
#else
    double scale;
#endif
    struct inner at;
#if VERSION >= 2
    const char *label;
#endif
    long high;
};

/* The layout and the values change together. */
#if VERSION == 1
static struct limits limits = { 1, 'a', 4, { 5, 6 }, 100 };
static struct limits pair[2] = { { 1, 'p', 8, { 2, 3 }, 4 }, { .high = 9 } };
#elif VERSION == 2
static struct limits limits = { 2, 'b', 4.5, { 50, 60, 70 }, "two", 200 };
static struct limits pair[2] = { { 1, 'q', 8.5, { 2, 3, 4 }, "p", 5 }, { .label = "second" } };
#else
static struct limits limits = { 3, "three", 'c', 4.8, { 51, 61, 71 }, "v3", 300 };
static struct limits pair[2] = { [1] = { .added = "only" } };
#endif

static void show(const struct limits *l)
{
#if VERSION == 1
    say("%d %c %d (%d %d) %ld", l->low, l->unit ? l->unit : '-', l->scale, l->at.x, l->at.y,
        l->high);
#elif VERSION == 2
    say("%d %c %.2f (%d %d %d) %s %ld", l->low, l->unit ? l->unit : '-', l->scale, l->at.x,
        l->at.y, l->at.z, l->label ? l->label : "none", l->high);
#else
    say("%d '%s' %c %.2f (%d %d %d) %s %ld", l->low, l->added, l->unit ? l->unit : '-', l->scale,
        l->at.x, l->at.y, l->at.z, l->label ? l->label : "none", l->high);
#endif
}

static void answer(const char *text)
{
    if (strcmp(text, "touch") == 0) {
        limits.high += 50;
        limits.at.y++;
        pair[0].scale++;
        pair[1].low = 77;
    }
#if VERSION >= 2
    if (strcmp(text, "more") == 0) {
        limits.at.z++;
        limits.scale += 0.25;
        pair[1].label = "changed";
    }
#endif
    show(&limits);
    show(&pair[0]);
    show(&pair[1]);
}

SERVE(answer)
