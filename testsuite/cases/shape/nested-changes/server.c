#include <serve.h>
#include <stdlib.h>

struct colour {
    unsigned char red, green, blue;
#if VERSION >= 2
    unsigned char alpha;
#endif
};

struct point {
#if VERSION < 3
    short x;
#else
    long x;
#endif
    short y;
#if VERSION >= 2
    struct colour colour;
#endif
};

struct shape {
    int number;
    struct point from;
    struct colour fill;
    struct point to[2];
    char name[8];
};

static struct shape *shapes[3];

static void fill(struct shape *s, int by)
{
    s->from.x += by;
    s->from.y -= by;
    s->to[1].x += 2 * by;
    s->to[1].y -= 2 * by;
    s->fill.green += by;
#if VERSION >= 2
    s->fill.alpha += 3;
    s->from.colour.blue += 4;
    s->to[0].colour.alpha += 5;
#endif
}

static void colour(char *out, const struct colour *c)
{
#if VERSION == 1
    sprintf(out, "%d.%d.%d", c->red, c->green, c->blue);
#else
    sprintf(out, "%d.%d.%d.%d", c->red, c->green, c->blue, c->alpha);
#endif
}

static void point(char *out, const struct point *p)
{
#if VERSION == 1
    sprintf(out, "(%d %d)", p->x, p->y);
#else
    char of[20];

    colour(of, &p->colour);
    sprintf(out, "(%ld %d %s)", (long)p->x, p->y, of);
#endif
}

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct shape *s = shapes[number];
    char fills[20], from[60], first[60], second[60];

    if (!s) {
        s = shapes[number] = calloc(1, sizeof *s);
        s->number = number;
        s->to[0].x = 8;
        strcpy(s->name, "shape");
    }
    if (text[1] == '+')
        fill(s, 10);
    colour(fills, &s->fill);
    point(from, &s->from);
    point(first, &s->to[0]);
    point(second, &s->to[1]);
    say("%d %s %s %s %s %s", s->number, from, fills, first, second, s->name);
}

SERVE(answer)
