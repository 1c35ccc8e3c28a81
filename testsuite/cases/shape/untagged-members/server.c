#include <serve.h>

struct part {
    int first;
#if VERSION == 2
    int added;
#endif
};

struct device {
    int state;
    struct {
        struct part part, more[2];
        int last;
    } inside;
};

static struct device device;

static void answer(const char *text)
{
    device.state++;
    device.inside.more[1].first++;
#if VERSION == 2
    struct device local = { 1, { { 2, 3 }, { { 4, 5 }, { 6, 7 } }, 8 } };
    struct {
        struct part one, two;
    } both = { local.inside.part, local.inside.more[1] };

    device.inside.more[1].added += 10;
    say("%d %d", device.inside.more[1].first, device.inside.more[1].added);
    say("%d %d %d %d", local.inside.part.first, local.inside.part.added, local.inside.more[1].first,
        local.inside.more[1].added);
    say("%d %d %d %d %d", local.inside.last, both.one.first, both.one.added, both.two.first,
        both.two.added);
#endif
    say("%d %s", device.state, text);
}

SERVE(answer)
