#include <serve.h>

#include <sys/syscall.h>
#include <time.h>

#include "keeper.h"

static volatile int called, stop;

/* Runs in the library's thread, and stays there while it is told to. */
static void in_library(void)
{
    struct timespec moment = { 0, 1000000 };

    called = VERSION;
    while (stop)
        syscall(SYS_nanosleep, &moment, NULL); /* no window */
}

static void answer(const char *text)
{
    unsigned before = keeper_turns();

    if (strcmp(text, "stay") == 0)
        stop = 1;
    if (strcmp(text, "call") == 0 || strcmp(text, "stay") == 0)
        keeper_ask(in_library);
    if (strcmp(text, "go") == 0)
        stop = 0;
    usleep(50000);
    say(VERSION == 1 ? "%s: %s, called by %d" : "%s: it %s, called by %d", text,
        keeper_turns() > before ? "runs" : "stands", called);
}

int main(void)
{
    int came;

    keeper_start();
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
