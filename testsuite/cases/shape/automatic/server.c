#include <serve.h>

struct point {
#if VERSION == 1
    int x, y;
#elif VERSION == 2
    int y;
    char name[8];
    int x;
#else
    int z;
    int x;
    struct {
        short a, b;
    } in;
    int y;
    char name[8];
#endif
};

struct segment {
    struct point from, to;
};

/* Objects of the heap and globals keep the struct's old places, these here come and go. */
static struct point last;
static struct segment kept;

static void show(const char *what, const struct point *p)
{
#if VERSION == 1
    say("%s %d %d", what, p->x, p->y);
#elif VERSION == 2
    say("%s %d %d '%s'", what, p->x, p->y, p->name);
#else
    say("%s %d %d '%s' %d %d %d", what, p->x, p->y, p->name, p->z, p->in.a, p->in.b);
#endif
}

static void answer(const char *text)
{
    int n = strlen(text);
#if VERSION == 1
    struct point positional = { n, 2 };
    struct point array[] = { { 1, n }, [2] = { 5 } };
    struct segment elided = { 1, 2, n, 4 };
    struct segment nested = { { 1, n }, .to.y = 6 };
#elif VERSION == 2
    struct point positional = { n, "pos", 2 };
    struct point array[] = { { 1, "a0", n }, [2] = { 5 } };
    struct segment elided = { 1, "from", 2, n, "to", 4 };
    struct segment nested = { { 1, "n", n }, .to.y = 6, "next", 7 };
#else
    struct point positional = { n, 2, { 3, 4 }, 5, "pos" };
    struct point array[] = { { 1, n, { 3 }, 4, "a0" }, [2] = { 5 } };
    struct segment elided = { 1, 2, 3, n, 5, "from", 6, 7, 8, 9, 10, "to" };
    struct segment nested = { { 1, n, { .b = 3 }, 4, "n" }, .to.in.b = 6, 8, "next" };
#endif
    struct point designated = { .y = n, .x = 8 };
    struct point unset;

    show("positional", &positional);
    show("array", &array[0]);
    show("array", &array[1]);
    show("array", &array[2]);
    show("elided", &elided.from);
    show("elided", &elided.to);
    show("nested", &nested.from);
    show("nested", &nested.to);
    show("designated", &designated);
    memset(&unset, 0, sizeof unset);
    unset.x = 1;
    show("unset", &unset);
    show("last", &last);
    show("kept", &kept.to);
    last = positional;
    kept = nested;
}

SERVE(answer)
