#include <serve.h>
#include <stdlib.h>

struct cell {
    unsigned char kind;
#if VERSION >= 2
    unsigned short power;
#endif
#if VERSION >= 3
    struct cell *to;
#endif
};

struct row {
    struct cell *cells;
    int width;
#if VERSION >= 2
    int power;
#endif
};

static struct row *rows;
static int height;
static struct cell (*plane)[5];

static void grow(void)
{
    rows = reallocarray(rows, height + 1, sizeof *rows);
    rows[height].width = height + 3;
    rows[height].cells = calloc(height + 3, sizeof *rows->cells);
#if VERSION >= 2
    rows[height].power = 0;
#endif
    height++;
    if (!plane)
        plane = calloc(5, sizeof *plane);
}

/* + adds a row; <y><x> raises a cell of the rows and one of the plane; - drops the last row. */
static void answer(const char *text)
{
    int y = *text - '0', x = text[1] ? text[1] - '0' : 0;
    long kinds = 0;
#if VERSION >= 2
    long powers = 0;
#endif

    if (*text == '+') {
        grow();
        y = 0;
    } else if (*text == '-') {
        free(rows[--height].cells);
        y = 0;
    } else {
        rows[y].cells[x].kind++;
        plane[y][x].kind += 2;
#if VERSION >= 2
        rows[y].cells[x].power += 100;
        plane[y][x].power += 200;
        rows[y].power++;
#endif
#if VERSION >= 3
        rows[y].cells[x].to = &plane[y][x];
        plane[y][x].to = &rows[y].cells[x];
#endif
    }
    for (int i = 0; i < height; i++) {
        for (int k = 0; k < rows[i].width; k++) {
            kinds += rows[i].cells[k].kind;
#if VERSION >= 2
            powers += rows[i].cells[k].power;
#endif
#if VERSION >= 3
            if (rows[i].cells[k].to)
                powers += 100000 + rows[i].cells[k].to->power;
#endif
        }
#if VERSION >= 2
        powers += 10000 * rows[i].power;
#endif
    }
#if VERSION == 1
    say("%d %ld, %d %d", height, kinds, rows[y].cells[x].kind, plane[y][x].kind);
#else
    say("%d %ld %ld, %d %d %d %d", height, kinds, powers, rows[y].cells[x].kind,
        rows[y].cells[x].power, plane[y][x].kind, plane[y][x].power);
#endif
}

SERVE(answer)
