#include <serve.h>

int count(const char *text);

static const struct {
    const char *name;
    int (*run)(const char *);
} commands[] = { { "count", count } };

static void answer(const char *text)
{
    say("%d %d", VERSION, commands[0].run(text));
}

SERVE(answer)
