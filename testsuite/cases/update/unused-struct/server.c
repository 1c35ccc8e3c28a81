#include <serve.h>

/* Declared in a header for others; no function or variable here uses it. */
struct elsewhere {
    int number;
#if VERSION >= 2
    char more[8];
#endif
};

extern struct elsewhere *find(int number);

static void answer(const char *text)
{
#if VERSION == 3
    say("now %s", text);
#else
    say("%s", text);
#endif
}

SERVE(answer)
