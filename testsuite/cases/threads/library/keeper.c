#include "keeper.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile unsigned turns;
static void (*volatile asked)(void);

/* As an allocator's thread does, it blocks all signals. */
static void *keep(void *unused)
{
    struct timespec moment = { 0, 1000000 };

    for (;;) {
        void (*call)(void) = asked;

        asked = NULL;
        if (call)
            call();
        nanosleep(&moment, NULL);
        turns++;
    }
    return unused;
}

void keeper_start(void)
{
    sigset_t all, before;
    pthread_t thread;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_create(&thread, NULL, keep, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

unsigned keeper_turns(void)
{
    return turns;
}

void keeper_ask(void (*call)(void))
{
    asked = call;
}
