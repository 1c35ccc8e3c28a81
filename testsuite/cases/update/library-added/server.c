#include <serve.h>

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

static void answer(const char *text)
{
#if VERSION == 1
    say("%s", text);
#else
    /* Functions that the running program does not know, one of a library that it does not load. */
    struct tm *parts = gmtime(&(time_t){ 86400 });

    say("%.3f %ld %d %d", sqrt(strtod(text, NULL)), strtol(text, NULL, 10) + 1, parts->tm_mday,
        toupper('q'));
#endif
}

SERVE(answer)
