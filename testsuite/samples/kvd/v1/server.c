/* server.c - start, regular work, stop. */
#include "server.h"

#include "client.h"
#include "database.h"
#include "journal.h"
#include "loop.h"
#include "snapshot.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_BACKLOG 128
#define SERVER_EXPIRE_MS 100
#define SERVER_CHECK_MS 50

struct server server = { ".", NULL, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0 };

static volatile sig_atomic_t stop_wanted;

static void handle_stop(int number)
{
    (void)number;
    stop_wanted = 1;
}

static void server_die(const char *what)
{
    perror(what);
    exit(2);
}

static void write_port(unsigned int port)
{
    FILE *file = fopen(server.port_file, "w");

    if (file == NULL || fprintf(file, "%u\n", port) < 0 || fclose(file) != 0)
        server_die("kvd: the file of the port");
}

static void server_listen(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int one = 1;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)server.port);
    server.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (server.listener < 0)
        server_die("kvd: socket");
    setsockopt(server.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    fcntl(server.listener, F_SETFD, FD_CLOEXEC);
    fcntl(server.listener, F_SETFL, O_NONBLOCK);
    if (bind(server.listener, (struct sockaddr *)&address, sizeof address) < 0
        || listen(server.listener, SERVER_BACKLOG) < 0
        || getsockname(server.listener, (struct sockaddr *)&address, &length) < 0)
        server_die("kvd: cannot listen");
    server.port = ntohs(address.sin_port);
    if (server.port_file != NULL)
        write_port(server.port);
}

static void server_signals(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handle_stop;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static void server_load(void)
{
    int status = server.with_journal ? journal_replay() : 0;

    if (status == 0)
        status = snapshot_load();
    if (status < 0) {
        fputs("kvd: what was saved is damaged\n", stderr);
        exit(2);
    }
    if (server.with_journal && journal_open() < 0)
        server_die("kvd: the journal");
    server.changes = 0;
    server.commands = 0;
}

static void server_before_sleep(void)
{
    journal_flush();
    clients_flush();
    if (stop_wanted)
        loop_stop();
}

int server_main(void)
{
    if (chdir(server.folder) < 0)
        server_die("kvd: the folder");
    server_signals();
    loop_start();
    server.started = loop.now;
    server_load();
    server_listen();
    loop.before_sleep = server_before_sleep;
    if (loop_watch(server.listener, LOOP_READ, client_accept, &server.listener) == NULL)
        server_die("kvd: epoll_ctl");
    loop_every(SERVER_EXPIRE_MS, database_expire_some, NULL);
    loop_every(SERVER_CHECK_MS, snapshot_check, NULL);
    loop_run();
    journal_flush();
    clients_flush();
    if (!server.with_journal && server.changes != server.saved_changes && snapshot_write() < 0)
        return 1;
    clients_close();
    return 0;
}
