/* Only comments, line numbers, blanks and order differ. */
#include <serve.h>

static int second=2;
static int first   = 1;

static int sum(void);

static void answer(const char *text)
{
    if (*text == '?')   /* wants the line */
        say("line %d",
            __LINE__);
    say("%d %s", sum(), text);   // the sum and the text
}

/* Says the sum of both. */
static int
sum(void)
{
    return first + second;
}

SERVE(answer)
