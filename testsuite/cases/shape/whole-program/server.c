#include <serve.h>
#include <stdlib.h>

/* What each command does is worked out once, when the program starts. */
struct command {
    const char *name;
    int cost;
};

static struct command commands[] = {
    { "get" },
#if VERSION == 2
    { "list" },
#endif
    { "set" },
};

static void prepare(struct command *command)
{
    command->cost = 10 * (int)strlen(command->name);
}

static void answer(const char *text)
{
    unsigned i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, text) == 0)
            say(VERSION == 1 ? "%s costs %d" : "%s: %d", text, commands[i].cost++);
}

int main(void)
{
    int came;
    unsigned i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++)
        prepare(&commands[i]);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
