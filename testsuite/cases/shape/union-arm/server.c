#include <serve.h>
#include <stdlib.h>

struct circle {
    int radius;
#if VERSION >= 2
    int colour;
#endif
};

struct box {
#if VERSION < 3
    int width;
#else
    long width;
#endif
    int height;
#if VERSION >= 2
    char name[16];
#endif
};

struct shape {
    enum { CIRCLE, BOX } kind;
    union {
        struct circle circle;
        struct box box;
    };
};

static struct shape shapes[4];
static struct shape *heap;

static void show(struct shape *s)
{
    if (s->kind == CIRCLE)
#if VERSION == 1
        say("circle %d", s->circle.radius);
    else
        say("box %d %d", s->box.width, s->box.height);
#else
        say("circle %d %d", s->circle.radius, s->circle.colour);
    else
        say("box %ld %d '%s'", (long)s->box.width, s->box.height, s->box.name);
#endif
}

/* Makes it what it is to be from now on, as a whole. */
static void become(struct shape *s, char kind, int number)
{
    memset(s, 0, sizeof *s);
    if (kind == 'c') {
        s->kind = CIRCLE;
        s->circle.radius = number;
#if VERSION >= 2
        s->circle.colour = -number;
#endif
    } else {
        s->kind = BOX;
        s->box.width = number;
        s->box.height = 2 * number;
#if VERSION >= 2
        snprintf(s->box.name, sizeof s->box.name, "box %d", number);
#endif
    }
}

/* 0 to 3, or h for the one on the heap; c5, b5 behind it changes it. */
static void answer(const char *text)
{
    struct shape *s = *text == 'h' ? heap : &shapes[*text - '0'];

    if (!s)
        s = heap = calloc(1, sizeof *heap);
    if (text[1])
        become(s, text[1], atoi(text + 2));
    show(s);
}

SERVE(answer)
