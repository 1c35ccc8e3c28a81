#include <serve.h>

#include <grp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

/* A child for each client, in an empty root and without privileges. */
static void reply(int connection, const char *text)
{
    static int replies;
    char buffer[200];
    int length;

    replies++;
#if VERSION == 1
    length = snprintf(buffer, sizeof buffer, "%d %s, user %d\n", replies, text, (int)getuid());
#else
    length = snprintf(buffer, sizeof buffer, "number %d: %s, user %d, %s\n", replies, text,
                      (int)getuid(), access("/etc", F_OK) == 0 ? "outside" : "in the jail");
#endif
    if (write(connection, buffer, (size_t)length) != length)
        exit(1);
}

static void session(int connection)
{
    struct pollfd input = { connection, POLLIN, 0 };
    char text[100];
    ssize_t length;

    if (chdir("jail") < 0 || chroot(".") < 0 || setgroups(0, NULL) < 0 || setgid(65534) < 0
        || setuid(65534) < 0)
        exit(1);
    for (;;) {
        if (poll(&input, 1, 5) <= 0)
            continue;
        length = read(connection, text, sizeof text - 1);
        if (length <= 0)
            exit(0);
        text[length - 1] = '\0';
        reply(connection, text);
    }
}

int main(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    signal(SIGCHLD, SIG_IGN);
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 5) < 0)
        return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    say("port %d", ntohs(address.sin_port));
    for (;;) {
        struct pollfd input = { listener, POLLIN, 0 };
        int connection;

        if (poll(&input, 1, 5) <= 0)
            continue;
        connection = accept(listener, NULL, NULL);
        if (connection < 0)
            continue;
        if (fork() == 0) {
            close(listener);
            session(connection);
        }
        close(connection);
    }
}
