#include <serve.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static int count;

static void reply(int connection, const char *text)
{
    char buffer[200];
    int length;

    count++;
#if VERSION == 1
    length = snprintf(buffer, sizeof buffer, "%d %s\n", count, text);
#else
    length = snprintf(buffer, sizeof buffer, "number %d: %s\n", count, text);
#endif
    if (write(connection, buffer, (size_t)length) != length)
        exit(1);
}

/* Everything a daemon does to be alone, after which it shares nothing with who started it. */
static void become_daemon(int listener)
{
    int null;

    if (fork() != 0)
        _exit(0);
    setsid();
    umask(0777);
    if (chdir("/") < 0)
        _exit(1);
    null = open("/dev/null", O_RDWR);
    for (int descriptor = 0; descriptor < 1024; descriptor++)
        if (descriptor != listener && descriptor != null)
            close(descriptor);
    environ = NULL;
}

int main(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int connection = -1;
    char text[100];

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 5) < 0)
        return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    if (fork() == 0) {
        become_daemon(listener);
        /* Whoever it was that was left behind, this one ends if nobody comes any more. */
        alarm(60);
        for (;;) {
            struct pollfd input = { connection < 0 ? listener : connection, POLLIN, 0 };
            ssize_t got;

            if (poll(&input, 1, 5) <= 0)
                continue;
            if (connection < 0) {
                connection = accept(listener, NULL, NULL);
                continue;
            }
            got = read(connection, text, sizeof text - 1);
            if (got <= 0)
                return 0;
            text[got - 1] = '\0';
            if (strcmp(text, "pid") == 0)
                snprintf(text, sizeof text, "%d", (int)getpid());
            reply(connection, text);
        }
    }
    say("port %d", ntohs(address.sin_port));
    while (next_line() >= 0)
        ;
    return 0;
}
