#include <serve.h>

#if VERSION == 1
static char motd[32] = "good day";
static char name[32] = "first";
#else
static char motd[32] = "good evening";
static char name[32] = "second";
#endif

static void answer(const char *text)
{
    if (*text)
        snprintf(name, sizeof name, "%s", text);
    say("%s, %s", motd, name);
}

SERVE(answer)
