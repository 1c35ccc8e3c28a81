#include <serve.h>

static int even(int number);

static int odd(int number)
{
    return number == 0 ? 0 : even(number - 1);
}

static int even(int number)
{
    return number == 0 ? 1 : odd(number - 1);
}

int depth(int number)
{
#if VERSION == 1
    return number == 0 ? 0 : 1 + depth(number - 1);
#else
    return number == 0 ? 0 : 2 + depth(number - 1);
#endif
}

static void answer(const char *text)
{
    int number = (int)strlen(text);

    say("%d %d", depth(number), even(number));
}

SERVE(answer)
