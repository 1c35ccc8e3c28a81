#include <serve.h>

/* Functions of ours with names that libc has too. */
long random(void)
{
#if VERSION == 1
    return 4;
#else
    return 5;
#endif
}

void error(const char *text)
{
    say("error of ours: %s", text);
}

static char *index(const char *text, int letter)
{
    return letter == '!' ? (char *)text : NULL;
}

static void answer(const char *text)
{
#if VERSION == 1
    say("%ld %s", random(), index(text, 'a') ? "found" : "none");
#else
    error(text);
    say("new %ld %s", random(), index(text, 'a') ? "found" : "none");
#endif
}

SERVE(answer)
