/* loop.c - epoll and a sorted list of timers. */
#include "loop.h"

#include "buffer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define LOOP_BATCH 64
#define LOOP_LONGEST 1000

struct loop loop = { -1, 0, 0, NULL, NULL, NULL };

long long loop_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void loop_start(void)
{
    loop.poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop.poll_fd < 0) {
        perror("kvd: epoll_create1");
        exit(2);
    }
    loop.now = loop_clock();
}

void loop_stop(void)
{
    loop.stopped = 1;
}

static struct epoll_event event_of(struct watch *watch)
{
    struct epoll_event event = { .events = 0 };

    if (watch->events & LOOP_READ)
        event.events |= EPOLLIN;
    if (watch->events & LOOP_WRITE)
        event.events |= EPOLLOUT;
    event.data.ptr = watch;
    return event;
}

struct watch *loop_watch(int fd, unsigned int events, void (*ready)(void *, unsigned int),
                         void *data)
{
    struct watch *watch = memory_get(sizeof *watch);
    struct epoll_event event;

    watch->fd = fd;
    watch->events = events;
    watch->ready = ready;
    watch->data = data;
    watch->next_dead = NULL;
    event = event_of(watch);
    if (epoll_ctl(loop.poll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        free(watch);
        return NULL;
    }
    return watch;
}

void loop_change(struct watch *watch, unsigned int events)
{
    struct epoll_event event;

    if (watch->events == events)
        return;
    watch->events = events;
    event = event_of(watch);
    epoll_ctl(loop.poll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void loop_unwatch(struct watch *watch)
{
    epoll_ctl(loop.poll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->ready = NULL;
    watch->next_dead = loop.dead;
    loop.dead = watch;
}

static void loop_bury(void)
{
    while (loop.dead != NULL) {
        struct watch *watch = loop.dead;

        loop.dead = watch->next_dead;
        free(watch);
    }
}

static void timer_insert(struct timer *timer)
{
    struct timer **place = &loop.timers;

    while (*place != NULL && (*place)->due <= timer->due)
        place = &(*place)->next;
    timer->next = *place;
    *place = timer;
}

void loop_every(long long interval, void (*run)(void *), void *data)
{
    struct timer *timer = memory_get(sizeof *timer);

    timer->due = loop_clock() + interval;
    timer->interval = interval;
    timer->run = run;
    timer->data = data;
    timer_insert(timer);
}

static void loop_run_timers(void)
{
    while (loop.timers != NULL && loop.timers->due <= loop.now) {
        struct timer *timer = loop.timers;

        loop.timers = timer->next;
        timer->run(timer->data);
        timer->due = loop.now + timer->interval;
        timer_insert(timer);
    }
}

static int loop_patience(void)
{
    long long left;

    if (loop.timers == NULL)
        return LOOP_LONGEST;
    left = loop.timers->due - loop_clock();
    if (left < 0)
        return 0;
    return left < LOOP_LONGEST ? (int)left : LOOP_LONGEST;
}

static void loop_dispatch(const struct epoll_event *event)
{
    struct watch *watch = event->data.ptr;
    unsigned int events = 0;

    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        events |= LOOP_READ;
    if (event->events & EPOLLOUT)
        events |= LOOP_WRITE;
    if (watch->ready != NULL)
        watch->ready(watch->data, events);
}

void loop_run(void)
{
    struct epoll_event ready[LOOP_BATCH];

    while (!loop.stopped) {
        int count, index;

        loop.before_sleep();
        count = epoll_wait(loop.poll_fd, ready, LOOP_BATCH, loop_patience());
        if (count < 0 && errno != EINTR) {
            perror("kvd: epoll_wait");
            exit(2);
        }
        loop.now = loop_clock();
        for (index = 0; index < count; index++)
            loop_dispatch(&ready[index]);
        loop_bury();
        loop_run_timers();
    }
}
