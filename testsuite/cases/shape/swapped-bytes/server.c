#include <serve.h>

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

/* No version changes this, and no object is in `bytes`. */
static void swap(int a, int b)
{
    char bytes[sizeof *cells];

    memcpy(bytes, &cells[a], sizeof bytes);
    memmove(&cells[a], &cells[b], sizeof bytes);
    memcpy(&cells[b], bytes, sizeof bytes);
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
    case 'x':
        swap(i, text[2] - '0');
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
    }
    show(cells);
}

SERVE(answer)
