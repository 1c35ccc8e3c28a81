#include <serve.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

static int count;

static void answer(const char *text)
{
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

/* An event loop as libraries inside of programs have it. */
struct loop {
    int epoll, stop;
    void (*ready)(int fd);
};

static int wait_for_events(struct loop *loop, struct epoll_event *events)
{
    return epoll_wait(loop->epoll, events, 4, -1);
}

static int process_events(struct loop *loop)
{
    struct epoll_event events[4];
    int got = wait_for_events(loop, events);

    for (int i = 0; i < got; i++)
        loop->ready(events[i].data.fd);
    if (got < 0)
        say("failed: %s", strerror(errno));
    return got;
}

static void run(struct loop *loop)
{
    while (!loop->stop)
        process_events(loop);
}

static void read_line(int fd)
{
    ssize_t length = read(fd, line, sizeof line - 1);

    if (length <= 0)
        exit(0);
    line[length - 1] = '\0';
    answer(line);
}

int main(void)
{
    struct epoll_event event = { .events = EPOLLIN };
    struct loop loop = { epoll_create1(0), 0, read_line };

    epoll_ctl(loop.epoll, EPOLL_CTL_ADD, 0, &event);
    run(&loop);
    return 0;
}
