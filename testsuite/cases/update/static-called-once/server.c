#include <serve.h>

static int seen;

/* Called once: the optimiser dissolves it, and a patch that needs it carries a copy. */
static int digest(const char *text)
{
    int sum = 0;

    while (*text)
        sum = sum * 31 + *text++;
    seen++;
    return sum & 0xffff;
}

static void answer(const char *text)
{
    int value = digest(text);

#if VERSION == 1
    say("%x %d", value, seen);
#else
    say("%04X after %d", value, seen);
#endif
}

SERVE(answer)
