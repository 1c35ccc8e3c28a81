#include <serve.h>

static void (*handler)(const char *text);

static void plain(const char *text)
{
    say("%s", text);
}

#if VERSION >= 2
static void fancy(const char *text)
{
    say(VERSION == 2 ? "*%s*" : "<%s>", text);
}
#endif

static void answer(const char *text)
{
    if (handler == NULL)
        handler = plain;
#if VERSION >= 2
    if (strcmp(text, "fancy") == 0)
        handler = fancy;
#endif
    handler(text);
}

SERVE(answer)
