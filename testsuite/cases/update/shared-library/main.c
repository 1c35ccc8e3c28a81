#include <serve.h>

void tell(const char *text);

/* The library calls this one back, by its name. */
void told(const char *text)
{
#if VERSION == 1
    say("%s", text);
#else
    say("told: %s", text);
#endif
}

static void answer(const char *text)
{
    tell(text);
}

SERVE(answer)
