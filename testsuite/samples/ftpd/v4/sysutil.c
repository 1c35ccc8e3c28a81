/* sysutil.c - system calls with their retries and their error handling. */
#include "sysutil.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void *sys_malloc(size_t size)
{
    void *memory = malloc(size ? size : 1);

    if (memory == NULL)
        sys_die("out of memory");
    return memory;
}

void *sys_calloc(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL)
        sys_die("out of memory");
    return memory;
}

void *sys_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size);

    if (memory == NULL)
        sys_die("out of memory");
    return memory;
}

void sys_free(void *memory)
{
    free(memory);
}

void sys_die(const char *message)
{
    fprintf(stderr, "ftpd: %s\n", message);
    exit(1);
}

void sys_die_errno(const char *message)
{
    fprintf(stderr, "ftpd: %s: %s\n", message, strerror(errno));
    exit(1);
}

ssize_t sys_read(int fd, void *buffer, size_t size)
{
    ssize_t count;

    do {
        count = read(fd, buffer, size);
    } while (count < 0 && errno == EINTR);
    return count;
}

ssize_t sys_write(int fd, const void *buffer, size_t size)
{
    ssize_t count;

    do {
        count = write(fd, buffer, size);
    } while (count < 0 && errno == EINTR);
    return count;
}

int sys_write_all(int fd, const void *buffer, size_t size)
{
    const char *at = buffer;

    while (size > 0) {
        ssize_t count = sys_write(fd, at, size);

        if (count <= 0)
            return -1;
        at += count;
        size -= (size_t)count;
    }
    return 0;
}

void sys_close(int fd)
{
    if (close(fd) < 0 && errno == EBADF)
        sys_die("close of a descriptor that is not open");
}

/* Closes what may be closed already and marks it as closed. */
void sys_close_failok(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

enum sys_wait_result sys_wait_fd(int fd, short events, long long timeout_ms)
{
    long long deadline = sys_now_ms() + timeout_ms;

    for (;;) {
        struct pollfd item = { .fd = fd, .events = events };
        long long left = deadline - sys_now_ms();
        int ready = poll(&item, 1, left > 0 ? (int)left : 0);

        if (ready > 0)
            return SYS_WAIT_READY;
        if (ready == 0)
            return SYS_WAIT_TIMEOUT;
        if (errno != EINTR)
            return SYS_WAIT_FAILED;
    }
}

void sys_set_nonblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        sys_die_errno("fcntl");
}

int sys_read_file(const char *path, struct str *content)
{
    char buffer[4096];
    size_t count;
    FILE *file = fopen(path, "r");

    if (file == NULL)
        return -1;
    str_clear(content);
    while ((count = fread(buffer, 1, sizeof(buffer), file)) > 0)
        str_add_bytes(content, buffer, count);
    fclose(file);
    return 0;
}

/* Written under another name first: a reader never sees half a number. */
int sys_write_number_file(const char *path, unsigned int number)
{
    struct str temporary = STR_INIT;
    FILE *file;
    int result = -1;

    str_set(&temporary, path);
    str_add(&temporary, ".new");
    file = fopen(str_cstr(&temporary), "w");
    if (file != NULL) {
        fprintf(file, "%u\n", number);
        if (fclose(file) == 0 && rename(str_cstr(&temporary), path) == 0)
            result = 0;
    }
    str_free(&temporary);
    return result;
}

int sys_addr_parse(struct sys_addr *addr, const char *text, unsigned int port)
{
    memset(addr, 0, sizeof(*addr));
    if (inet_pton(AF_INET, text, &addr->u.v4.sin_addr) == 1) {
        addr->u.v4.sin_family = AF_INET;
    } else if (inet_pton(AF_INET6, text, &addr->u.v6.sin6_addr) == 1) {
        addr->u.v6.sin6_family = AF_INET6;
    } else {
        return -1;
    }
    sys_addr_set_port(addr, port);
    return 0;
}

socklen_t sys_addr_len(const struct sys_addr *addr)
{
    return sys_addr_is_ipv6(addr) ? sizeof(addr->u.v6) : sizeof(addr->u.v4);
}

int sys_addr_is_ipv6(const struct sys_addr *addr)
{
    return addr->u.any.sa_family == AF_INET6;
}

unsigned int sys_addr_port(const struct sys_addr *addr)
{
    return ntohs(sys_addr_is_ipv6(addr) ? addr->u.v6.sin6_port : addr->u.v4.sin_port);
}

void sys_addr_set_port(struct sys_addr *addr, unsigned int port)
{
    if (sys_addr_is_ipv6(addr))
        addr->u.v6.sin6_port = htons((unsigned short)port);
    else
        addr->u.v4.sin_port = htons((unsigned short)port);
}

int sys_addr_same_host(const struct sys_addr *a, const struct sys_addr *b)
{
    if (a->u.any.sa_family != b->u.any.sa_family)
        return 0;
    if (sys_addr_is_ipv6(a))
        return memcmp(&a->u.v6.sin6_addr, &b->u.v6.sin6_addr, sizeof(a->u.v6.sin6_addr)) == 0;
    return a->u.v4.sin_addr.s_addr == b->u.v4.sin_addr.s_addr;
}

unsigned int sys_addr_hash(const struct sys_addr *addr)
{
    const unsigned char *bytes = (const unsigned char *)&addr->u.v4.sin_addr;
    size_t count = sizeof(addr->u.v4.sin_addr);
    unsigned int hash = 2166136261u;
    size_t i;

    if (sys_addr_is_ipv6(addr)) {
        bytes = (const unsigned char *)&addr->u.v6.sin6_addr;
        count = sizeof(addr->u.v6.sin6_addr);
    }
    for (i = 0; i < count; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

void sys_addr_text(const struct sys_addr *addr, struct str *text)
{
    char buffer[INET6_ADDRSTRLEN];
    const void *host = &addr->u.v4.sin_addr;

    if (sys_addr_is_ipv6(addr))
        host = &addr->u.v6.sin6_addr;
    if (inet_ntop(addr->u.any.sa_family, host, buffer, sizeof(buffer)) == NULL)
        str_set(text, "?");
    else
        str_set(text, buffer);
}

/* Listens at `addr` and writes the port in use back to it. */
int sys_listen(struct sys_addr *addr, int backlog)
{
    int on = 1;
    int fd = socket(addr->u.any.sa_family, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, &addr->u.any, sys_addr_len(addr)) < 0 || listen(fd, backlog) < 0) {
        close(fd);
        return -1;
    }
    sys_local_addr(fd, addr);
    return fd;
}

/* May return -1 with errno EINTR: the caller has signals to look after. */
int sys_accept(int listen_fd, struct sys_addr *peer)
{
    socklen_t len = sizeof(peer->u);

    memset(peer, 0, sizeof(*peer));
    return accept(listen_fd, &peer->u.any, &len);
}

int sys_connect(const struct sys_addr *to, long long timeout_ms)
{
    int error = 0;
    socklen_t len = sizeof(error);
    int fd = socket(to->u.any.sa_family, SOCK_STREAM, 0);

    if (fd < 0)
        return -1;
    sys_set_nonblock(fd);
    if (connect(fd, &to->u.any, sys_addr_len(to)) == 0)
        return fd;
    if (errno == EINPROGRESS && sys_wait_fd(fd, POLLOUT, timeout_ms) == SYS_WAIT_READY
        && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0)
        return fd;
    close(fd);
    return -1;
}

void sys_local_addr(int fd, struct sys_addr *addr)
{
    socklen_t len = sizeof(addr->u);

    memset(addr, 0, sizeof(*addr));
    if (getsockname(fd, &addr->u.any, &len) < 0)
        sys_die_errno("getsockname");
}

/* Commands are short and answered at once; ABOR comes as urgent data. */
void sys_control_socket_options(int fd)
{
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

void sys_data_socket_options(int fd)
{
    int on = 1;

    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    sys_set_nonblock(fd);
}

/* Milliseconds of a clock that is never set back. */
long long sys_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long long sys_wall_seconds(void)
{
    return (long long)time(NULL);
}

void sys_sleep_ms(long long ms)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000 };

    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

void sys_on_signal(int signal_number, sys_signal_handler handler, int restart)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = restart ? SA_RESTART : 0;
    sigfillset(&action.sa_mask);
    if (sigaction(signal_number, &action, NULL) < 0)
        sys_die_errno("sigaction");
}

void sys_ignore_signal(int signal_number)
{
    sys_on_signal(signal_number, SIG_IGN, 0);
}

pid_t sys_fork(void)
{
    return fork();
}

/* One ended child, or 0 where there is none. */
pid_t sys_reap(void)
{
    pid_t child = waitpid(-1, NULL, WNOHANG);

    return child > 0 ? child : 0;
}

int sys_running_as_root(void)
{
    return geteuid() == 0;
}
