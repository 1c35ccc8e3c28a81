#include <serve.h>
#include <stdlib.h>

struct cell {
    int value;
#if VERSION >= 2
    int mark;
#endif
#if VERSION >= 3
    char note[8];
#endif
};

static struct cell cells[6];
static struct cell *copy;

/* Not one of these functions changes with the versions, so all are old code that copies bytes. */
static void shift(void)
{
    memmove(cells + 1, cells, 5 * sizeof *cells);
}

static void clear(int index)
{
    memset(&cells[index], 0, sizeof *cells);
}

static void keep(void)
{
    free(copy);
    copy = malloc(sizeof cells);
    memcpy(copy, cells, sizeof cells);
}

static void restore(void)
{
    memcpy(cells, copy, sizeof cells);
}

static void show(const struct cell *c)
{
    char out[200];
    int length = 0;

    for (int i = 0; i < 6; i++) {
        length += sprintf(out + length, " %d", c[i].value);
#if VERSION >= 2
        length += sprintf(out + length, "/%d", c[i].mark);
#endif
#if VERSION >= 3
        length += sprintf(out + length, "/%s", c[i].note);
#endif
    }
    say("%s", out + 1);
}

static void answer(const char *text)
{
    int i = text[1] ? text[1] - '0' : 0;

    switch (*text) {
    case 's':
        shift();
        break;
    case 'c':
        clear(i);
        break;
    case 'k':
        keep();
        break;
    case 'r':
        restore();
        break;
    case '+':
        cells[i].value = i + 1;
#if VERSION >= 2
        cells[i].mark = 10 * (i + 1);
#endif
#if VERSION >= 3
        snprintf(cells[i].note, sizeof cells[i].note, "n%d", i + 1);
#endif
        break;
    case '?':
        return show(copy);
    }
    show(cells);
}

SERVE(answer)
