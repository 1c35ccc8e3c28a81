#include <serve.h>

#if VERSION == 2
static long count = 1;
#else
static int count = 1;
#endif

#if VERSION == 3
static unsigned limits[2] = { 10, 20 };
#else
static int limits[2] = { 10, 20 };
#endif

static void answer(const char *text)
{
    count++;
#if VERSION == 4
    say("%d: %s, %d", (int)count, text, (int)limits[1]);
#else
    say("%d %s %d", (int)count, text, (int)limits[1]);
#endif
}

SERVE(answer)
