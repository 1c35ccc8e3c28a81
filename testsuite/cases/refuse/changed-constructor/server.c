#include <serve.h>

static int started;

__attribute__((constructor)) static void at_start(void)
{
#if VERSION == 2
    started += 100;
#else
    started++;
#endif
}

static void answer(const char *text)
{
#if VERSION == 3
    say("started %d: %s", started, text);
#else
    say("%d %s", started, text);
#endif
}

SERVE(answer)
