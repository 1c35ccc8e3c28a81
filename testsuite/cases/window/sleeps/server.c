#define _GNU_SOURCE
#include <serve.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

static int count;
static volatile sig_atomic_t came;

static void answer(int error, long rest)
{
    count++;
#if VERSION == 1
    say("%d %s, %ld left", count, strerror(error), rest);
#else
    say("number %d: %s, %ld left", count, strerror(error), rest);
#endif
}

static void note(int number)
{
    came = number;
}

/* Sleeps until a signal of its own interrupts it. */
int main(void)
{
    sigset_t blocked, before;
    struct sigaction action = { .sa_handler = note };

    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
#ifdef RACELESS
    sigprocmask(SIG_BLOCK, &blocked, &before);
#else
    sigprocmask(SIG_BLOCK, NULL, &before);
#endif
    say("ready");
    for (;;) {
        struct timespec time = { 1000, 0 };
        long rest = 0;
        int error;

        errno = 0;
        SLEEP;
        error = errno;
        if (came != SIGUSR1)
            say("woken without a signal: %s", strerror(error));
        came = 0;
        answer(error, rest / 10 * 10);
        (void)time;
    }
}
