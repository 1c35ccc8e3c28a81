#include <serve.h>

static const int factor = VERSION + 1;
static int kept = VERSION;

#if VERSION >= 2
int added(int number)
{
    return number + 1;
}
#else
int removed(void)
{
    return 5;
}
#endif

static int product(int number)
{
    return number * factor;
}

static void answer(const char *text)
{
    int number = (int)strlen(text);

#if VERSION >= 2
    number = added(number);
#else
    number += removed();
#endif
    say("%d %d", product(number), kept++);
}

SERVE(answer)
