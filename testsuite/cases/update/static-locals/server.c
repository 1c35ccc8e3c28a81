#include <serve.h>

static void answer(const char *text)
{
    static int count = 10;

    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    static int since = 500;

    since++;
    say("%d (%d since the update) %s", count, since, text);
#endif
}

/* Another static local of the same name. */
static int other(void)
{
    static int count;

    return ++count;
}

static void both(const char *text)
{
    answer(text);
    say("other %d", other());
}

SERVE(both)
