#include <serve.h>

#if VERSION == 2
static int operation(int number, int step)
{
    return number + step;
}

static int (*stored)(int, int) = operation;
#else
static int operation(int number)
{
    return number + VERSION;
}

static int (*stored)(int) = operation;
#endif

static void answer(const char *text)
{
    int length = (int)strlen(text);

#if VERSION == 2
    say("%d", stored(length, 1));
#else
    say("%d", stored(length));
#endif
}

SERVE(answer)
