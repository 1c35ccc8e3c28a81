#include <serve.h>

#if VERSION == 2
static __thread int calls = 100;
#else
static __thread int calls = 7;
#endif

static void answer(const char *text)
{
    say(VERSION == 3 ? "%d: %s" : "%d %s", ++calls, text);
}

SERVE(answer)
