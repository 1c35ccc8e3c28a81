#include <serve.h>
#include <stdlib.h>

#if VERSION == 1
typedef int small;
typedef long large;
typedef unsigned char byte;
typedef int real;
#elif VERSION == 2
typedef long small;
typedef int large;
typedef int byte;
typedef double real;
#else
typedef short small;
typedef unsigned large;
typedef signed char byte;
typedef float real;
#endif

struct numbers {
    char before;
    small grows;
    large shrinks;
    byte octet;
    real measure;
    char after;
};

static struct numbers *heap[2];
static struct numbers global = { '<', -5, 6, 100, 7, '>' };

static void show(struct numbers *n)
{
    say("%c %ld %ld %d %.2f %c", n->before, (long)n->grows, (long)n->shrinks, n->octet,
        (double)n->measure, n->after);
}

static void answer(const char *text)
{
    struct numbers *n = &global;

    if (*text != 'g') {
        int index = *text - '0';
        if (!heap[index]) {
            heap[index] = malloc(sizeof **heap);
            *heap[index] = global;
        }
        n = heap[index];
    }
    if (text[1] == '+') {
        n->grows += 1;
        n->shrinks += 2;
        n->octet += 3;
        n->measure += 1.5;
    }
#if VERSION == 2
    if (text[1] == '*') {
        n->grows += 10000000000;
        n->grows -= 10000000000;
        n->octet += 1100;
    }
#endif
    show(n);
}

SERVE(answer)
