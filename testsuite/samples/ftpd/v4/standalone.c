/* standalone.c - the accept loop. */
#include "standalone.h"

#include "iptable.h"
#include "parseconf.h"
#include "tunables.h"
#include "xferlog.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#define LISTEN_BACKLOG 64

static volatile sig_atomic_t reload_wanted;
static volatile sig_atomic_t child_ended;

static unsigned long long sessions_started;

static void handle_sighup(int signal_number)
{
    (void)signal_number;
    reload_wanted = 1;
}

static void handle_sigchld(int signal_number)
{
    (void)signal_number;
    child_ended = 1;
}

static int standalone_listen(void)
{
    struct sys_addr addr;
    int fd;

    if (sys_addr_parse(&addr, tunable_listen_address, tunable_listen_port) < 0)
        sys_die("listen_address is no address");
    fd = sys_listen(&addr, LISTEN_BACKLOG);
    if (fd < 0)
        sys_die_errno("cannot listen");
    if (tunable_port_file != NULL
        && sys_write_number_file(tunable_port_file, sys_addr_port(&addr)) < 0)
        sys_die_errno("cannot write port_file");
    return fd;
}

static void reap_children(void)
{
    struct str text = STR_INIT;
    pid_t child;

    child_ended = 0;
    while ((child = sys_reap()) != 0) {
        str_clear(&text);
        iptable_describe_child(child, &text);
        if (iptable_child_ended(child))
            xferlog_event(NULL, "ENDED", str_cstr(&text));
    }
    str_free(&text);
}

static void reload_config(const char *config_path)
{
    struct str text = STR_INIT;
    int bad;

    /* First, so that the new log has the line. */
    xferlog_reopen();
    reload_wanted = 0;
    bad = parseconf_load(config_path, 0);
    str_addf(&text, "%d bad lines, %u sessions from %u addresses", bad, iptable_children(),
             iptable_hosts());
    xferlog_event(NULL, "RELOAD", str_cstr(&text));
    str_free(&text);
}

/* Signals make accept return early, so this runs soon after each of them. A
 * signal just before accept waits for the next client: counts are only needed
 * then, and they are brought up to date before each client is judged. */
static void standalone_housekeeping(const char *config_path)
{
    if (child_ended)
        reap_children();
    if (reload_wanted)
        reload_config(config_path);
}

/* Counts the client in, before the fork, so that parent and child agree. */
static void standalone_count(struct client_launch *launch)
{
    sessions_started++;
    launch->number = (unsigned int)sessions_started;
    launch->num_this_ip = iptable_add(&launch->peer);
    launch->num_children = iptable_children() + 1;
}

/* Returns the result of fork. The parent is done with the client after it. */
static pid_t standalone_launch(struct client_launch *launch)
{
    pid_t child = sys_fork();

    if (child > 0) {
        iptable_child_started(child, &launch->peer);
        sys_close(launch->fd);
    } else if (child < 0) {
        iptable_remove(&launch->peer);
        sys_close(launch->fd);
    }
    return child;
}

/* Leaves the child with nothing of the listener. */
static void standalone_become_session(int listen_fd)
{
    sys_close(listen_fd);
    sys_on_signal(SIGCHLD, SIG_DFL, 0);
    sys_ignore_signal(SIGHUP);
}

struct client_launch standalone_main(const char *config_path)
{
    struct client_launch launch = { .fd = -1 };
    int listen_fd = standalone_listen();

    sys_on_signal(SIGCHLD, handle_sigchld, 0);
    sys_on_signal(SIGHUP, handle_sighup, 0);
    for (;;) {
        standalone_housekeeping(config_path);
        launch.fd = sys_accept(listen_fd, &launch.peer);
        if (launch.fd < 0) {
            if (errno == EMFILE || errno == ENFILE)
                sys_sleep_ms(100);
            continue;
        }
        standalone_housekeeping(config_path);
        standalone_count(&launch);
        if (standalone_launch(&launch) == 0) {
            standalone_become_session(listen_fd);
            return launch;
        }
    }
}
