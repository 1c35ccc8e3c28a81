#include <serve.h>

#if VERSION == 1
static int count = 3;
static int weigh(const char *text)
#else
int count = 3;
int weigh(const char *text)
#endif
{
    return (int)strlen(text) * VERSION;
}

static void answer(const char *text)
{
    say("%d %d", weigh(text), count);
}

SERVE(answer)
