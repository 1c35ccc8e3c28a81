#include <serve.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

static int clients;

static void reply(FILE *stream, const char *text)
{
    static int replies;

    replies++;
#if VERSION == 1
    fprintf(stream, "client %d, reply %d: %s\n", clients, replies, text);
#else
    fprintf(stream, "CLIENT %d, REPLY %d: %s\n", clients, replies, text);
#endif
    fflush(stream);
}

static void session(int connection)
{
    FILE *stream = fdopen(connection, "r+");
    struct pollfd input = { connection, POLLIN, 0 };
    char text[128];

    setvbuf(stream, NULL, _IONBF, 0);
    for (;;) {
        if (poll(&input, 1, 5) <= 0)
            continue;
        if (fgets(text, sizeof text, stream) == NULL)
            break;
        text[strcspn(text, "\n")] = '\0';
        reply(stream, text);
    }
    exit(0);
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
        clients++;
        if (fork() == 0)
            session(connection);
        close(connection);
    }
}
