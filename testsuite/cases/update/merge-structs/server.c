#include <serve.h>

struct limits {
    int low;
    char unit;
    long high;
    struct {
        short x, y;
    } at;
};

#if VERSION == 1
static struct limits limits = { 1, 'a', 100, { 5, 6 } };
#else
static struct limits limits = { 2, 'b', 200, { 50, 60 } };
#endif

static void answer(const char *text)
{
    if (strcmp(text, "touch") == 0) {
        limits.high = 150;
        limits.at.y = 7;
    }
    say("%d %c %ld %d %d", limits.low, limits.unit, limits.high, limits.at.x, limits.at.y);
}

SERVE(answer)
