/* Threads that wait in one way or another, work, hand each other items, start and end others; each checks what it
 * sees: no call ends early or with EINTR, items are whole, and code that has no update point runs in one
 * version. "quit" on its input ends it.
 *
 *     threads SEED ALARMS      ALARMS is 1 for a timer's signal every few milliseconds */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The second version has a field more, which items of the first one do not have. */
struct item {
    struct item *next;
    unsigned number, thrice;
#if VERSION == 2
    unsigned fivefold;
#endif
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static sem_t posted;
static struct item *items;
static unsigned made, taken, ended;
static volatile sig_atomic_t alarms;
static int signals;

static void note(int number) {
    (void)number;
    alarms++;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

static int version(void) { return VERSION; }

static void fail(const char *what) {
    printf("failed: %s\n", what);
    fflush(stdout);
    _exit(1);
}

static unsigned below(unsigned *seed, unsigned limit) {
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 16) % limit;
}

/* Nothing in it waits. */
static void work(unsigned *seed) {
    double start = now();
    int before = version();

    while (now() < start + below(seed, 300) / 100.0)
        ;
    if (version() != before || before != VERSION)
        fail("two versions at one time");
}

static void check(const struct item *item) {
    if (item->thrice != 3 * item->number)
        fail("a torn item");
#if VERSION == 2
    if (item->fivefold != 0 && item->fivefold != 5 * item->number)
        fail("another item's field");
#endif
}

static void push(void) {
    struct item *item = malloc(sizeof *item);

    pthread_mutex_lock(&lock);
    item->number = ++made;
    item->thrice = 3 * made;
#if VERSION == 2
    item->fivefold = 5 * made;
#endif
    item->next = items;
    items = item;
    pthread_cond_signal(&more);
    pthread_mutex_unlock(&lock);
}

static void *produce(void *argument) {
    unsigned seed = *(unsigned *)argument;

    for (;;) {
        double start = now(), length = 1 + below(&seed, 4);
        struct timespec time = {0, (long)(length * 1000000)};

        if (nanosleep(&time, NULL) != 0 && (errno != EINTR || !signals))
            fail("nanosleep");
        else if (!signals && now() < start + length - 0.01)
            fail("woken too early");
        push();
        work(&seed);
        sem_post(&posted);
    }
    return NULL;
}

static void *consume(void *unused) {
    for (;;) {
        struct item *item;

        pthread_mutex_lock(&lock);
        while (!items)
            pthread_cond_wait(&more, &lock);
        item = items;
        items = item->next;
        taken++;
        pthread_mutex_unlock(&lock);
        check(item);
        free(item);
    }
    return unused;
}

static void *count(void *unused) {
    for (;;)
        if (sem_wait(&posted) != 0 && (errno != EINTR || !signals))
            fail("sem_wait");
    return unused;
}

/* Waits for what never comes, with a limit. */
static void *expire(void *unused) {
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;

    pthread_mutex_lock(&own);
    for (;;) {
        struct timespec until, after;
        int result;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 3000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        result = pthread_cond_timedwait(&never, &own, &until);
        clock_gettime(CLOCK_REALTIME, &after);
        if (result != 0 && result != ETIMEDOUT)
            fail("pthread_cond_timedwait");
        if (result == ETIMEDOUT
            && (after.tv_sec < until.tv_sec || (after.tv_sec == until.tv_sec && after.tv_nsec < until.tv_nsec)))
            fail("a limit that was not over");
    }
    return unused;
}

static void *brief(void *argument) {
    unsigned seed = *(unsigned *)argument;

    work(&seed);
    return argument;
}

/* Starts others, and waits for their end. */
static void *start(void *argument) {
    for (;;) {
        pthread_t threads[2];
        void *result;

        for (int i = 0; i < 2; i++)
            if (pthread_create(&threads[i], NULL, brief, argument) != 0)
                fail("pthread_create");
        for (int i = 0; i < 2; i++)
            if (pthread_join(threads[i], &result) != 0 || result != argument)
                fail("pthread_join");
        ended += 2;
        usleep(1500);
    }
    return NULL;
}

int main(int count_of_words, char **words) {
    static unsigned seeds[2];
    void *(*all[])(void *) = {produce, produce, consume, consume, count, expire, start};
    pthread_t thread;
    char line[16];

    seeds[0] = count_of_words > 1 ? (unsigned)atoi(words[1]) : 0;
    seeds[1] = ~seeds[0];
    sem_init(&posted, 0, 0);
    if (count_of_words > 2 && words[2][0] == '1') {
        struct itimerval often = {{0, 7000}, {0, 7000}};
        struct sigaction action = {.sa_handler = note};

        signals = 1;
        sigaction(SIGALRM, &action, NULL);
        setitimer(ITIMER_REAL, &often, NULL);
    }
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        if (pthread_create(&thread, NULL, all[i], &seeds[i % 2]) != 0)
            fail("pthread_create");
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        struct pollfd input = {0, POLLIN, 0};

        if (poll(&input, 1, -1) < 0) {
            if (errno != EINTR || !signals)
                fail("poll");
            continue;
        }
        if (!fgets(line, sizeof line, stdin) || strcmp(line, "quit\n") == 0)
            break;
        if (made == 0 || taken == 0 || ended == 0)
            fail("threads that stand still");
        printf("%d\n", version());
        fflush(stdout);
    }
    return 0;
}
