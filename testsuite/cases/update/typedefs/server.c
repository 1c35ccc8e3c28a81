#include <serve.h>

#if VERSION == 1
typedef unsigned char number;
#else
typedef unsigned short number;
#endif

/* The text is the same in both versions. */
static int wrap(int value)
{
    number narrow = (number)value;

    return narrow;
}

static void answer(const char *text)
{
    say("%d", wrap(255 + (int)strlen(text)));
}

SERVE(answer)
