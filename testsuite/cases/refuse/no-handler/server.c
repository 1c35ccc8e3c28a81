#include <serve.h>

#include <signal.h>

static int count;

/* Takes every signal over, that of the runtime among them. */
static void reset_signals(void)
{
    for (int number = 1; number <= SIGRTMAX; number++)
        signal(number, SIG_DFL);
}

static void answer(const char *text)
{
    count++;
    if (strcmp(text, "reset") == 0)
        reset_signals();
    say(VERSION == 1 ? "%d %s" : "number %d: %s", count, text);
}

SERVE(answer)
