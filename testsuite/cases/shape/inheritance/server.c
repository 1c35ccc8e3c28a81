#include <serve.h>
#include <stdlib.h>

struct shape;

struct methods {
    const char *name;
    int (*area)(const struct shape *);
#if VERSION >= 2
    void (*grow)(struct shape *, int by);
#endif
};

/* The base of both, as their first member. */
struct shape {
    const struct methods *methods;
    int number;
#if VERSION >= 2
    int grown;
#endif
};

struct square {
    struct shape shape;
    int side;
#if VERSION >= 3
    int border;
#endif
};

struct box {
    struct shape shape;
    int width;
#if VERSION >= 2
    char colour[8];
#endif
    int height;
};

static int area_of_square(const struct shape *s)
{
    const struct square *q = (const struct square *)s;

#if VERSION >= 3
    return q->side * q->side - q->border;
#else
    return q->side * q->side;
#endif
}

static int area_of_box(const struct shape *s)
{
    const struct box *b = (const struct box *)s;

    return b->width * b->height;
}

#if VERSION >= 2
static void grow_square(struct shape *s, int by)
{
    struct square *q = (struct square *)s;

    q->side += by;
#if VERSION >= 3
    q->border++;
#endif
}

static void grow_box(struct shape *s, int by)
{
    struct box *b = (struct box *)s;

    b->height += by;
    snprintf(b->colour, sizeof b->colour, "c%d", by);
}
#endif

static const struct methods square_methods = {
    "square", area_of_square,
#if VERSION >= 2
    grow_square,
#endif
};

static const struct methods box_methods = {
    .name = "box",
#if VERSION >= 2
    .grow = grow_box,
#endif
    .area = area_of_box,
};

static struct shape *shapes[6];
static int count;

static void answer(const char *text)
{
    struct shape *s;

    if (*text == 's') {
        struct square *q = calloc(1, sizeof *q);
        q->shape.methods = &square_methods;
        q->side = atoi(text + 1);
        s = &q->shape;
        s->number = count;
        shapes[count++] = s;
    } else if (*text == 'b') {
        struct box *b = calloc(1, sizeof *b);
        b->shape.methods = &box_methods;
        b->width = 2;
        b->height = atoi(text + 1);
        s = &b->shape;
        s->number = count;
        shapes[count++] = s;
    } else {
        s = shapes[*text - '0'];
#if VERSION >= 2
        if (text[1]) {
            s->methods->grow(s, text[1] - '0');
            s->grown++;
        }
#endif
    }
#if VERSION == 1
    say("%d %s %d", s->number, s->methods->name, s->methods->area(s));
#else
    say("%d %s %d %d '%s'", s->number, s->methods->name, s->methods->area(s), s->grown,
        s->methods->grow == grow_box ? ((struct box *)s)->colour : "none");
#endif
}

SERVE(answer)
