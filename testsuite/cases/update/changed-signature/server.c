#include <serve.h>

#if VERSION == 1
int scale(int number)
{
    return number * 2;
}
#else
long scale(long number, const char *unit)
{
    return number * 3 + (unit[0] == 'x');
}
#endif

static void answer(const char *text)
{
#if VERSION == 1
    say("%d", scale((int)strlen(text)));
#else
    say("%ld long", scale((long)strlen(text), text));
#endif
}

SERVE(answer)
