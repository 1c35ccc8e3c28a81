#include <serve.h>
#include <stdlib.h>

struct state {
    unsigned a : 3;
#if VERSION >= 2
    unsigned added : 4;
    int negative : 5;
#endif
    unsigned b : 7;
#if VERSION == 1
    unsigned gone : 6;
#endif
    int : 2;
#if VERSION < 3
    unsigned wider : 4;
#else
    unsigned wider : 20;
#endif
    unsigned c : 2;
    unsigned : 0;
#if VERSION >= 3
    _Bool yes : 1;
#endif
    unsigned char d : 1, e : 5;
    int plain;
};

static struct state global;
static struct state *heap;

static void show(const struct state *s)
{
#if VERSION == 1
    say("a%u b%u gone%u wider%u c%u d%u e%u plain%d", s->a, s->b, s->gone, s->wider, s->c, s->d,
        s->e, s->plain);
#elif VERSION == 2
    say("a%u added%u negative%d b%u wider%u c%u d%u e%u plain%d", s->a, s->added, s->negative,
        s->b, s->wider, s->c, s->d, s->e, s->plain);
#else
    say("a%u added%u negative%d b%u wider%u c%u yes%d d%u e%u plain%d", s->a, s->added,
        s->negative, s->b, s->wider, s->c, s->yes, s->d, s->e, s->plain);
#endif
}

/* g or h, then the letters of the fields to count up. */
static void answer(const char *text)
{
    struct state *s = *text == 'g' ? &global : heap ? heap : (heap = calloc(1, sizeof *heap));

    for (const char *c = text + 1; *c; c++)
        switch (*c) {
        case 'a': s->a++; break;
        case 'b': s->b += 100; break;
        case 'w': s->wider += 15; break;
        case 'c': s->c += 3; break;
        case 'd': s->d ^= 1; break;
        case 'e': s->e += 31; break;
        case 'p': s->plain--; break;
#if VERSION == 1
        case 'g': s->gone += 50; break;
#else
        case 'n': s->negative -= 9; break;
        case '+': s->added += 15; break;
#endif
#if VERSION >= 3
        case 'y': s->yes = !s->yes; break;
#endif
        }
    show(s);
}

SERVE(answer)
