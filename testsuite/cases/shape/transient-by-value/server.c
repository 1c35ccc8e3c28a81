#include <serve.h>
#include <stdlib.h>

/* Only made, passed and returned by value: no object of these outlives a line. */
struct range {
#if VERSION == 1
    int from, to;
#elif VERSION == 2
    long from;
    char name[40];
    long to;
#else
    char name[3];
    short to, from;
#endif
};

struct result {
    struct range range;
    int steps;
#if VERSION >= 2
    double share;
#endif
};

static struct range widen(struct range r, int by)
{
    r.from -= by;
    r.to += by;
#if VERSION == 2
    strcat(r.name, "+");
#endif
    return r;
}

static struct result measure(const struct range *ranges, int count, struct range whole)
{
    struct result result = { .range = whole };

    for (int i = 0; i < count; i++) {
        result.steps += ranges[i].to - ranges[i].from;
        if (ranges[i].to > result.range.to)
            result.range.to = ranges[i].to;
    }
#if VERSION >= 2
    result.share = (double)result.steps / (whole.to - whole.from);
#endif
    return result;
}

static void answer(const char *text)
{
    int n = strlen(text);
#if VERSION == 1
    struct range ranges[3] = { { 1, n }, { 2, 4 }, { 3, 5 } };
#elif VERSION == 2
    struct range ranges[3] = { { 1, "first", n }, { 2, "", 4 }, { 3, "third", 5 } };
#else
    struct range ranges[3] = { { "a", n, 1 }, { "b", 4, 2 }, { "c", 5, 3 } };
#endif
    struct result r;

    ranges[1] = widen(widen(ranges[0], 1), 2);
    r = measure(ranges, 3, widen(ranges[2], 4));
#if VERSION == 1
    say("%d %d %d %d", r.steps, r.range.from, r.range.to, (int)sizeof ranges[0]);
#elif VERSION == 2
    say("%d %ld %ld %s %s %.2f %d", r.steps, r.range.from, r.range.to, ranges[1].name,
        r.range.name, r.share, (int)sizeof ranges[0]);
#else
    say("%d %d %d %s %.2f %d", r.steps, r.range.from, r.range.to, r.range.name, r.share,
        (int)sizeof ranges[0]);
#endif
}

SERVE(answer)
