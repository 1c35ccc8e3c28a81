#include <serve.h>

#if VERSION == 1
enum level { LOW = 1, HIGH = 5 };
#else
enum level { LOW = 1, MIDDLE, HIGH = 7 };
#endif

/* The text of both is the same in all versions; the value of HIGH is not. */
static int above(int number)
{
    return number > HIGH;
}

static int below(int number)
{
    return number < LOW;
}

static void answer(const char *text)
{
    int number = (int)strlen(text);

    say("%d %d", above(number), below(number));
}

SERVE(answer)
