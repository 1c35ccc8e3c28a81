#define _GNU_SOURCE
#include <serve.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

static int count;

static void answer(int connection, const char *text)
{
    count++;
#if VERSION == 1
    dprintf(connection, "%d %s\n", count, text);
#else
    dprintf(connection, "number %d: %s\n", count, text);
#endif
}

/* One client, line by line, or each client for one line. */
int main(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), connection = -1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 5) < 0)
        return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    say("port %d", ntohs(address.sin_port));
#ifdef RECEIVE
    connection = accept(listener, NULL, NULL);
#endif
    for (;;) {
        struct iovec part = { line, sizeof line - 1 };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        struct sockaddr_storage from;
        socklen_t from_size = sizeof from;
        ssize_t length;

#ifdef ACCEPT
        connection = ACCEPT;
        if (connection < 0) {
            say("accept failed: %s", strerror(errno));
            return 1;
        }
#define RECEIVE read(connection, line, sizeof line - 1)
#endif
        length = RECEIVE;
        if (length < 0) {
            say("failed: %s", strerror(errno));
            return 1;
        }
        if (length == 0)
            return 0;
        line[length - 1] = '\0';
        answer(connection, line);
#ifdef ACCEPT
        close(connection);
#endif
        (void)message;
        (void)from_size;
    }
}
