#define _GNU_SOURCE
#include <serve.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

static int count;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void answer(const char *text)
{
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

/* Says whether the call took its two seconds, whatever came in between. */
int main(void)
{
    int epoll = epoll_create1(0);

    for (;;) {
        struct timespec time = { 2, 0 }, end;
        struct timeval short_time = { 2, 0 };
        struct epoll_event event;
        sigset_t mask;
        double start, took;
        int result;

        if (next_line() < 0)
            return 0;
        if (line[0] == '\0')
            continue;
        line[0] = '\0';
        sigemptyset(&mask);
        clock_gettime(CLOCK_MONOTONIC, &end);
        end.tv_sec += 2;
        start = now();
        answer("waiting");
        errno = 0;
        result = WAIT;
        took = now() - start;
        if (result != 0 || errno != 0)
            say("failed: %d, %s", result, strerror(errno));
        else if (took < 1.999 || took > 2.9)
            say("it took %.3f seconds", took);
        else if (short_time.tv_sec + short_time.tv_usec != EXPECTED)
            say("%ld %ld left", (long)short_time.tv_sec, (long)short_time.tv_usec);
        else
            answer("on time");
        (void)epoll;
        (void)event;
        (void)time;
    }
}
