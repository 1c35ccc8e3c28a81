#include <serve.h>

static void hello(void)
{
    say("hello");
}

static void date(void)
{
    say("today");
}

#if VERSION >= 2
static void secret(void)
{
    say("a secret");
}
#endif

static const struct {
    const char *name;
    void (*run)(void);
} commands[] = {
    { "hello", hello },
#if VERSION >= 2
    { "secret", secret },
#endif
    { "date", date },
};

static void answer(const char *text)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, text) == 0) {
            commands[i].run();
            return;
        }
    }
    say("%s: not among %zu", text, sizeof commands / sizeof *commands);
}

SERVE(answer)
