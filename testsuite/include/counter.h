/* counter.h - the server of cases that are about something else than its code: it numbers the
   lines that come, and version 2 says so otherwise. */
#include <serve.h>

static int count;

static void answer(const char *text)
{
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

SERVE(answer)
