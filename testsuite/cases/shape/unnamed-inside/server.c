#include <serve.h>
#include <stdlib.h>

/* Only records without a name change, and nothing of the record around them seems to: neither its
   size, nor the place of a member. */
struct thing {
    char name[8];
    struct {
#if VERSION == 1
        int first, second;
#else
        int second, first;
#endif
    };
    struct {
        short low;
#if VERSION == 2
        short high;
#endif
    } range;
    long after;
    struct {
#if VERSION == 2
        unsigned char mark;
        char letter;
#else
        char letter;
#endif
    } cells[2];
    int last;
};

static struct thing *things[3];
static struct thing front = { .name = "front", .first = 1, .second = 2, .range = { 3 }, .last = 9,
    .cells = { { .letter = 'x' }, { .letter = 'y' } } };

static void print(struct thing *t)
{
    t->first += 1;
    t->second += 100;
    t->range.low += 1;
    t->last += 1;
#if VERSION == 2
    t->range.high += 7;
    t->cells[1].mark += 5;
    say("%s %d %d %d-%d %ld %c%c%d %d v2", t->name, t->first, t->second, t->range.low,
        t->range.high, t->after, t->cells[0].letter, t->cells[1].letter, t->cells[1].mark, t->last);
#else
    say("%s %d %d %d %ld %c%c %d v%d", t->name, t->first, t->second, t->range.low, t->after,
        t->cells[0].letter, t->cells[1].letter, t->last, VERSION);
#endif
}

static void answer(const char *text)
{
    int number = text[0] - '0';

    if (text[0] == 'f') {
        print(&front);
        return;
    }
    if (!things[number]) {
        struct thing *t = things[number] = malloc(sizeof *t);
        memset(t, 0x55, sizeof *t);
        snprintf(t->name, sizeof t->name, "t%d", number % 10);
        t->first = t->second = t->range.low = 10 * number;
        t->after = -1;
        t->last = number;
        t->cells[0].letter = 'a';
        t->cells[1].letter = 'b';
#if VERSION == 2
        t->range.high = 0;
        t->cells[1].mark = 0;
#endif
    }
    print(things[number]);
}

SERVE(answer)
