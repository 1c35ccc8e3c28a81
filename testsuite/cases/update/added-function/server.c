#include <serve.h>

#if VERSION >= 2
/* Has external linkage and calls another new function. */
static int half(int number)
{
    return number / 2;
}

int length_and_half(const char *text)
{
    int length = (int)strlen(text);

    return length + half(length);
}
#endif

static void answer(const char *text)
{
#if VERSION == 1
    say("length %d", (int)strlen(text));
#else
    say("one and a half %d", length_and_half(text));
#endif
}

SERVE(answer)
