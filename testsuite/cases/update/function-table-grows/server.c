#include <serve.h>

static int up(int number)
{
    return number + 1;
}

static int down(int number)
{
    return number - 1;
}

#if VERSION >= 2
static int twice(int number)
{
    return number * 2;
}
#endif

/* Plain arrays of pointers, one const and one not. */
static int (*const steps[])(int) = {
    up,
    down,
#if VERSION >= 2
    twice,
#endif
};

static int (*hooks[])(int) = {
    up,
#if VERSION >= 2
    twice,
#endif
};

static void answer(const char *text)
{
    int number = (int)strlen(text);

    if (number == 0)
        hooks[0] = down;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        number = steps[i](number);
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        number = hooks[i](number);
    say("%d", number);
}

SERVE(answer)
