#include <serve.h>

/* The texts are patterns, which several rows share; the functions tell the rows apart. */
struct directive {
    const char *pattern;
    int (*handle)(int);
    int uses;
};

static int first(int n)
{
    return n + 100;
}

static int second(int n)
{
    return n + 200;
}

static int third(int n)
{
    return n + 300;
}

#if VERSION == 2
static int added(int n)
{
    return n + 1000;
}
#endif

enum { NIL, FIRST, SECOND, THIRD, ADDED };

static struct directive directives[] = {
    { 0 },
    { "text", first, 0 },
#if VERSION == 2
    { "text", added, 0 },
#endif
    { "text", second, 0 },
    { "number", third, 0 },
};

static void answer(const char *text)
{
    int row = text[0] - '0';

    say(VERSION == 1 ? "%s %d" : "%s: %d", directives[row].pattern,
        directives[row].handle(++directives[row].uses));
}

SERVE(answer)
