#include <serve.h>

#if VERSION == 1
#define ROOM 16
#elif VERSION == 2
#define ROOM 64
#else
#define ROOM 128
#endif

static char last[ROOM] = "none";
char longest[ROOM];
#if VERSION == 1
static char untouched[ROOM] = "old";
#else
static char untouched[ROOM] = "new";
#endif
static const char title[] = "version"
#if VERSION == 2
                            " two, with a longer title"
#endif
    ;
static char names[2][ROOM] = { "first", "second" };

static void answer(const char *text)
{
    static char before[ROOM] = "nothing";

    say("'%s' '%s' '%s' '%s' '%s,%s' %s", last, longest, before, untouched, names[0], names[1],
        title);
    strcpy(before, last);
    snprintf(last, sizeof last, "%s", text);
    if (strlen(last) > strlen(longest)) {
        strcpy(longest, last);
        snprintf(names[1], sizeof names[1], "%s", longest);
    }
}

SERVE(answer)
