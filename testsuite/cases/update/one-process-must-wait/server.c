#include <serve.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

static int clients;

#if VERSION == 1
static void reply(int connection, const char *text)
{
    dprintf(connection, "%d %s\n", clients, text);
}
#else
static void reply(int connection, const char *text, const char *mark)
{
    dprintf(connection, "%d %s%s\n", clients, text, mark);
}
#endif

/* While a session is here, it goes on as old code, and calls `reply` as it was: an array whose
   length is known at run time only keeps it from going over to new code. */
static void session(int connection)
{
    struct pollfd input = { connection, POLLIN, 0 };
    char text[100 + connection];
    ssize_t length;

    for (;;) {
        if (poll(&input, 1, 5) <= 0)
            continue;
        length = read(connection, text, sizeof text - 1);
        if (length <= 0)
            exit(0);
        text[length - 1] = '\0';
#if VERSION == 1
        reply(connection, text);
#else
        reply(connection, text, "!");
#endif
    }
}

static void launch(int connection)
{
    if (fork() == 0)
        session(connection);
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
        clients++;
        launch(connection);
        close(connection);
    }
}
