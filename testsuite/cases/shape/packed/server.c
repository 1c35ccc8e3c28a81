#include <serve.h>
#include <stdlib.h>

struct __attribute__((packed)) header {
    char kind;
    int length;
#if VERSION >= 2
    double weight;
    char flag;
#endif
    short sum;
#if VERSION >= 3
    long extra[2];
#endif
    char end;
};

static struct header *headers[3];
static struct header row[3];

static void answer(const char *text)
{
    int number = text[1] - '0';
    struct header *h = &row[number];

    if (*text == 'h') {
        if (!headers[number])
            headers[number] = calloc(1, sizeof *h);
        h = headers[number];
    }
    if (text[2] == '+') {
        h->kind = 'k';
        h->length += 100000;
        h->sum -= 3;
        h->end = '#';
#if VERSION >= 2
        h->weight += 0.25;
        h->flag = 'f';
#endif
#if VERSION >= 3
        h->extra[0] += 7;
        h->extra[1] -= 7;
#endif
    }
#if VERSION == 1
    say("%d %d %d %d", h->kind, h->length, h->sum, h->end);
#elif VERSION == 2
    say("%d %d %.2f %d %d %d", h->kind, h->length, h->weight, h->flag, h->sum, h->end);
#else
    say("%d %d %.2f %d %d %ld %ld %d", h->kind, h->length, h->weight, h->flag, h->sum,
        h->extra[0], h->extra[1], h->end);
#endif
}

SERVE(answer)
