#include <serve.h>

struct command {
    const char *name;
    int uses;
};

static struct command commands[] = {
#if VERSION != 4
    { "all", 100 },
#endif
    { "get", 0 },
#if VERSION >= 2
    { "list", 5 },
#endif
    { "set", VERSION == 3 ? 7 : 0 },
};

static void answer(const char *text)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, text) == 0)
            say("%s %d", text, ++commands[i].uses);
}

SERVE(answer)
