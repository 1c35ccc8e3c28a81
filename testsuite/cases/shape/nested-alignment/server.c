#include <serve.h>

struct inner {
#if VERSION == 1
    int wide;
#endif
    char last;
};

struct outer {
    int count;
#if VERSION > 1
    char first;
    struct inner pair[2];
    double exact;
#endif
};

static struct inner alone;
static struct outer all[2];

static void answer(const char *text)
{
    struct outer *at = &all[text[0] & 1];

    at->count++;
    alone.last++;
#if VERSION == 1
    alone.wide += 3;
    say("%d %d %d", at->count, alone.last, alone.wide);
#else
    at->first++;
    at->pair[1].last += 2;
    at->exact += 0.5;
    say("%d %d %d %d %d %.1f", at->count, alone.last, at->first, at->pair[0].last, at->pair[1].last,
        at->exact);
#endif
}

SERVE(answer)
