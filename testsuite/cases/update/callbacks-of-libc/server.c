#include <serve.h>

#include <stdlib.h>

static void at_end(void)
{
#if VERSION == 1
    say("old end");
#else
    say("new end");
#endif
}

static void answer(const char *text)
{
    if (strcmp(text, "register") == 0)
        atexit(at_end);
    say("%s", text);
    if (strcmp(text, "end") == 0)
        exit(0);
}

SERVE(answer)
