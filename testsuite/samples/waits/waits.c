/* Alternates between working and waiting, at random, and checks what it sees: a call ends with EINTR
 * only if a signal of its own came, and takes no less than its time. "quit" on its input ends it.
 *
 *     waits SEED ALARMS      ALARMS is 1 for a timer's signal every few milliseconds */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t alarms;
static unsigned seed;

static void note(int number) {
    (void)number;
    alarms++;
}

static unsigned random_below(unsigned limit) {
    seed = seed * 1103515245 + 12345;
    return (seed >> 16) % limit;
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
    exit(1);
}

/* Waits for so many milliseconds in one call or another. */
static int wait_for(int kind, int length) {
    struct pollfd input = {0, POLLIN, 0};
    struct timespec time = {length / 1000, length % 1000 * 1000000L};
    struct timeval limit = {length / 1000, length % 1000 * 1000};
    fd_set set;

    FD_ZERO(&set);
    FD_SET(0, &set);
    switch (kind) {
    case 0: return poll(&input, 1, length);
    case 1: return select(1, &set, NULL, NULL, &limit);
    case 2: return ppoll(&input, 1, &time, NULL);
    default: return nanosleep(&time, NULL);
    }
}

static void turn(void) {
    double start = now();
    int length = random_below(16) ? 1 + (int)random_below(6) : 60, before, result;

    while (now() < start + random_below(3))
        ;
    before = alarms;
    start = now();
    result = wait_for((int)random_below(4), length);
    if (result < 0 && (errno != EINTR || alarms == before))
        fail(strerror(errno));
    if (result == 0 && now() < start + length - 0.01)
        fail("too early");
}

static int asked(void) {
    struct pollfd input = {0, POLLIN, 0};
    return poll(&input, 1, 0) == 1;
}

int main(int argc, char **argv) {
    struct itimerval every = {{0, 3100}, {0, 3100}};
    struct sigaction action = {.sa_handler = note};
    char text[8];

    if (argc < 3)
        return 2;
    seed = (unsigned)atoi(argv[1]);
    sigaction(SIGALRM, &action, NULL);
    if (atoi(argv[2]))
        setitimer(ITIMER_REAL, &every, NULL);
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        turn();
        if (!asked())
            continue;
        if (read(0, text, 5) <= 0 || text[0] == 'q')
            return 0;
        printf("%d\n", version());
        fflush(stdout);
    }
}
