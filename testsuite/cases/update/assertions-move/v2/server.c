#include <assert.h>
#include <serve.h>

/*
 * A long comment moves all lines, and so the numbers that assertions hold.
 */

static int checked(int number)
{
    assert(number >= 0);
    return number + 1;
}

static void answer(const char *text)
{
    say("%d", checked((int)strlen(text)));
}

SERVE(answer)
