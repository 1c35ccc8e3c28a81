#include <serve.h>

static int calls;

#if VERSION == 1
int shout(const char *text)
{
    calls++;
    say("%s!", text);
    return 1;
}
#endif

static void answer(const char *text)
{
#if VERSION == 1
    shout(text);
#else
    say("%s, after %d shouts", text, calls);
#endif
}

SERVE(answer)
