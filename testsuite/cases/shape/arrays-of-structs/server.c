#include <serve.h>

struct cell {
    char letter;
#if VERSION >= 2
    int colour;
#endif
    short count;
#if VERSION >= 3
    char note[12];
#endif
};

static struct cell row[4];
static struct cell board[3][3];
static struct {
    int number;
    struct cell cells[2][2];
} boxed[2];

static void show(struct cell *c, char sign)
{
    if (sign == '+') {
        c->count++;
        c->letter++;
#if VERSION >= 2
        c->colour += 100;
#endif
#if VERSION >= 3
        snprintf(c->note, sizeof c->note, "note %d", c->count);
#endif
    }
#if VERSION == 1
    say("%d %d", c->letter, c->count);
#elif VERSION == 2
    say("%d %d %d", c->letter, c->colour, c->count);
#else
    say("%d %d %d '%s'", c->letter, c->colour, c->count, c->note);
#endif
}

/* r1, b12, x101 and behind it + to change; all sums everything up. */
static void answer(const char *text)
{
    const char *t = text;

    if (strcmp(text, "all") == 0) {
        struct cell sum = { 0 };
        struct cell *first = &board[0][0], *c;

        for (c = first; c < first + 9; c++) {
            sum.count += c->count;
#if VERSION >= 2
            sum.colour += c->colour;
#endif
        }
        for (c = row; c < row + 4; c++) {
            sum.count += c->count;
#if VERSION >= 2
            sum.colour += c->colour;
#endif
        }
        return show(&sum, ' ');
    }
    switch (*t) {
    case 'r':
        return show(&row[t[1] - '0'], t[2]);
    case 'b':
        return show(&board[t[1] - '0'][t[2] - '0'], t[3]);
    case 'x':
        return show(&boxed[t[1] - '0'].cells[t[2] - '0'][t[3] - '0'], t[4]);
    }
}

SERVE(answer)
