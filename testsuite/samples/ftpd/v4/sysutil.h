/* sysutil.h - the operating system as the rest of the server sees it. */
#ifndef FTPD_SYSUTIL_H
#define FTPD_SYSUTIL_H

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "str.h"

/* An IPv4 or IPv6 address with its port. */
struct sys_addr {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } u;
};

enum sys_wait_result {
    SYS_WAIT_READY,
    SYS_WAIT_TIMEOUT,
    SYS_WAIT_FAILED
};

/* Memory: these never return NULL. */
void *sys_malloc(size_t size);
void *sys_calloc(size_t count, size_t size);
void *sys_realloc(void *old, size_t size);
void sys_free(void *memory);

/* Ends the process with a message on standard error. */
void sys_die(const char *message) __attribute__((noreturn));
void sys_die_errno(const char *message) __attribute__((noreturn));

/* Files and descriptors. */
ssize_t sys_read(int fd, void *buffer, size_t size);
ssize_t sys_write(int fd, const void *buffer, size_t size);
int sys_write_all(int fd, const void *buffer, size_t size);
void sys_close(int fd);
void sys_close_failok(int *fd);
enum sys_wait_result sys_wait_fd(int fd, short events, long long timeout_ms);
void sys_set_nonblock(int fd);
int sys_read_file(const char *path, struct str *content);
int sys_write_number_file(const char *path, unsigned int number);

/* Sockets. */
int sys_addr_parse(struct sys_addr *addr, const char *text, unsigned int port);
socklen_t sys_addr_len(const struct sys_addr *addr);
int sys_addr_is_ipv6(const struct sys_addr *addr);
unsigned int sys_addr_port(const struct sys_addr *addr);
void sys_addr_set_port(struct sys_addr *addr, unsigned int port);
int sys_addr_same_host(const struct sys_addr *a, const struct sys_addr *b);
unsigned int sys_addr_hash(const struct sys_addr *addr);
void sys_addr_text(const struct sys_addr *addr, struct str *text);
int sys_listen(struct sys_addr *addr, int backlog);
int sys_accept(int listen_fd, struct sys_addr *peer);
int sys_connect(const struct sys_addr *to, long long timeout_ms);
void sys_local_addr(int fd, struct sys_addr *addr);
void sys_control_socket_options(int fd);
void sys_data_socket_options(int fd);

/* Time. */
long long sys_now_ms(void);
long long sys_wall_seconds(void);
void sys_sleep_ms(long long ms);

/* Processes and signals. */
typedef void (*sys_signal_handler)(int signal_number);
void sys_on_signal(int signal_number, sys_signal_handler handler, int restart);
void sys_ignore_signal(int signal_number);
pid_t sys_fork(void);
pid_t sys_reap(void);
int sys_running_as_root(void);

#endif
