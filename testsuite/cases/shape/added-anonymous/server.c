#include <serve.h>
#include <stdlib.h>

struct window {
    int number;
#if VERSION >= 2
    struct {
        int x, y;
#if VERSION >= 3
        int z;
#endif
    };
    union {
        int colour;
        char letters[4];
    };
#endif
    struct {
        int width;
#if VERSION >= 3
        int depth;
#endif
        int height;
    };
};

static struct window *windows[3];

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct window *w = windows[number];

    if (!w) {
        w = windows[number] = calloc(1, sizeof *w);
        w->number = number;
        w->width = 100 + number;
        w->height = 200 + number;
    }
    if (text[1] == '+') {
        w->width++;
        w->height += 2;
#if VERSION >= 2
        w->x += 3;
        w->y += 4;
        w->colour += 5;
#endif
#if VERSION >= 3
        w->z += 6;
        w->depth += 7;
#endif
    }
#if VERSION == 1
    say("%d %dx%d", w->number, w->width, w->height);
#elif VERSION == 2
    say("%d %dx%d at %d,%d colour %d %d", w->number, w->width, w->height, w->x, w->y, w->colour,
        w->letters[0] + w->letters[1] + w->letters[2] + w->letters[3]);
#else
    say("%d %dx%dx%d at %d,%d,%d colour %d %d", w->number, w->width, w->height, w->depth, w->x,
        w->y, w->z, w->colour, w->letters[0] + w->letters[1] + w->letters[2] + w->letters[3]);
#endif
}

SERVE(answer)
