#include <serve.h>

#if VERSION == 1
static void answer(const char *text)
{
    say("%s", text);
}
#else
static void answer(const char *text, int number)
{
    say("%s %d", text, number);
}
#endif

static void *chosen;

static void choose(void)
{
    chosen = (void *)answer;
}

static void serve(const char *text)
{
    if (!chosen)
        choose();
#if VERSION == 1
    ((void (*)(const char *))chosen)(text);
#else
    ((void (*)(const char *, int))chosen)(text, 2);
#endif
}

SERVE(serve)
