#include <serve.h>

#include <stdlib.h>

#if VERSION == 1
static const char *greeting = "hello";
static const char *parting = "bye";
static const char *both[2] = { "one", "two" };
static const char *none = NULL;
#else
static const char *greeting = "welcome";
static const char *parting = "farewell";
static const char *both[2] = { "eins", "zwei" };
static const char *none = "something";
#endif

static void answer(const char *text)
{
    if (strcmp(text, "touch") == 0) {
        parting = strdup("see you");
        both[1] = "zwo";
    }
    say("%s %s %s %s %s", greeting, parting, both[0], both[1], none ? none : "-");
}

SERVE(answer)
