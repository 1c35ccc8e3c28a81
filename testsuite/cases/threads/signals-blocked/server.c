#include <serve.h>

#include <pthread.h>
#include <signal.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked = PTHREAD_COND_INITIALIZER;
static int jobs, done, caught;

static void *work(void *unused)
{
    pthread_mutex_lock(&lock);
    for (;;) {
        while (done == jobs)
            pthread_cond_wait(&asked, &lock);
        done++;
        say(VERSION == 1 ? "done %d" : "done %d of %d, %d signals", done, jobs, caught);
    }
    return unused;
}

/* All signals are this thread's. */
static void *signals(void *unused)
{
    sigset_t all;
    int signal;

    sigfillset(&all);
    for (;;)
        if (sigwait(&all, &signal) == 0 && signal == SIGUSR1)
            caught += VERSION;
    return unused;
}

static void answer(const char *text)
{
    if (strcmp(text, "signal") == 0) {
        kill(getpid(), SIGUSR1);
        usleep(50000);
        say("%d", caught);
        return;
    }
    pthread_mutex_lock(&lock);
    jobs++;
    pthread_cond_signal(&asked);
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    pthread_t thread;
    sigset_t all;
    int came;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    pthread_create(&thread, NULL, work, NULL);
    pthread_create(&thread, NULL, signals, NULL);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
