#include <serve.h>

struct command {
    const char *name;
#if VERSION >= 2
    const char *help;
#endif
    int (*run)(int);
#if VERSION >= 3
    struct {
        short least, most;
    } range;
    int (*undo)(int);
#endif
};

static int twice(int n)
{
    return 2 * n;
}

static int next(int n)
{
    return n + VERSION;
}

#if VERSION >= 3
static int half(int n)
{
    return n / 2;
}
#endif

static const struct command commands[] = {
#if VERSION == 1
    { "twice", twice },
    { "next", next },
#elif VERSION == 2
    { "twice", "doubles", twice },
    { "next", "counts", next },
    { .name = "same", .help = "as twice", .run = twice },
#else
    { "next", "counts on", next, { 1, 9 }, 0 },
    { "twice", "doubles", twice, { .most = 4 }, half },
#endif
};

/* A const struct by itself, and a const table in a function. */
static const struct command standard = {
    .name = "standard",
    .run = next,
#if VERSION >= 2
    .help = "usual",
#endif
};

static int number = 5;
static const struct command *latest = &standard;

static void show(const struct command *c)
{
    number = c->run(number);
#if VERSION == 1
    say("%s %d", c->name, number);
#elif VERSION == 2
    say("%s %d (%s)", c->name, number, c->help);
#else
    say("%s %d (%s) %d..%d %d", c->name, number, c->help, c->range.least, c->range.most,
        c->undo ? c->undo(number) : -1);
#endif
}

static void answer(const char *text)
{
    static const struct command inner[] = {
        { .name = "inner", .run = twice,
#if VERSION >= 2
          .help = "inside"
#endif
        },
    };

    if (strcmp(text, "inner") == 0)
        return show(inner);
    if (strcmp(text, "standard") == 0)
        return show(&standard);
    if (strcmp(text, "latest") == 0)
        return show(latest);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, text) == 0)
            return show(&commands[i]);
    say("no %s", text);
}

SERVE(answer)
