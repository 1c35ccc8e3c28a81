#include <serve.h>

static __thread int calls = 7;

#if VERSION >= 2
static __thread int added = 30;
#endif

static void answer(const char *text)
{
    (void)text;
    calls++;
#if VERSION == 1
    say("%d", calls);
#else
    added++;
    say("%d %d", calls, added);
#endif
}

SERVE(answer)
