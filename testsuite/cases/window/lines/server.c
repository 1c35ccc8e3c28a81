#define _GNU_SOURCE
#include <serve.h>

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/uio.h>

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

/* Blocks without a time limit, as an idle server does, in the call that the case is about. */
int main(void)
{
    size_t length = 0;
    int epoll = epoll_create1(0);
    struct epoll_event event = { .events = EPOLLIN };

    /* Input from a file or a terminal may not have it. */
    epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
    for (;;) {
        struct pollfd input = { 0, POLLIN, 0 };
        struct iovec part = { line + length, 1 };
        sigset_t mask;
        fd_set set;
        ssize_t got;

        sigemptyset(&mask);
        FD_ZERO(&set);
        FD_SET(0, &set);
#ifdef PREPARE
        if ((PREPARE) != 1) {
            say("failed: %s", strerror(errno));
            return 1;
        }
#endif
        got = READ;
        if (got < 0) {
            say("read failed: %s", strerror(errno));
            return 1;
        }
        if (got == 0)
            return 0;
        if (line[length] != '\n') {
            length++;
            continue;
        }
        line[length] = '\0';
        length = 0;
        answer(line);
        (void)part;
        (void)input;
    }
}
