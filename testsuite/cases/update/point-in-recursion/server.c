#include <ginseng.h>
#include <serve.h>

static int leaf(void)
{
#if VERSION == 1
    return 1;
#else
    return 1000;
#endif
}

/* Waits for a line at the bottom of a recursion, so many activations are on the stack. */
static int descend(int depth)
{
    int came;

    if (depth > 0)
        return descend(depth - 1) + leaf();
    while ((came = next_line()) == 0)
        GINSENG_UPDATE_POINT("bottom");
    return came < 0 ? -1000000 : leaf();
}

int main(void)
{
    for (;;) {
        int sum = descend(4);

        if (sum < 0)
            return 0;
        say("%d", sum);
    }
}
