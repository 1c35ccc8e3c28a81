#include <serve.h>

#include <signal.h>

static volatile sig_atomic_t seen;

static void on_signal(int number)
{
    (void)number;
#if VERSION == 1
    seen += 1;
#else
    seen += 100;
#endif
}

static void answer(const char *text)
{
    static int installed;

    if (!installed++)
        signal(SIGUSR1, on_signal);
    if (strcmp(text, "raise") == 0)
        raise(SIGUSR1);
    say("%d", (int)seen);
}

SERVE(answer)
