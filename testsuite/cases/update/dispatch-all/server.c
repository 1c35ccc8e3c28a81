#include <serve.h>

static int inner(int number)
{
#if VERSION == 1
    return number + 1;
#else
    return number + 2;
#endif
}

int middle(int number)
{
    return inner(number) * 10;
}

static void answer(const char *text)
{
    say("%d", middle((int)strlen(text)));
}

SERVE(answer)
