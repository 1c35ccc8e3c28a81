#include <serve.h>

struct arm {
    int first;
#if VERSION == 2
    int added;
#endif
    int last;
};

union either {
    struct arm arm;
    int number;
};

struct device {
    int state;
    union either either;
};

static struct device device = { .either.arm = { .first = 1, .last = 2 } };
static union either alone;

static void answer(const char *text)
{
    device.state++;
    alone.number++;
#if VERSION == 2
    struct device local = { 1, .either.arm = { 3, 4, 5 } };
    union either bare = { .arm = { 6, 7, 8 } };

    say("%d %d %d", device.either.arm.first, device.either.arm.added, device.either.arm.last);
    say("%d %d %d", local.either.arm.first, local.either.arm.added, local.either.arm.last);
    say("%d %d %d", bare.arm.first, bare.arm.added, bare.arm.last);
    device = (struct device){ device.state, { { 9, 10, 11 } } };
#endif
    say("%d %s", device.state, text);
}

SERVE(answer)
