/* main.c - start-up. */
#include "banner.h"
#include "parseconf.h"
#include "privs.h"
#include "session.h"
#include "standalone.h"
#include "sysutil.h"
#include "tunables.h"
#include "version.h"
#include "xferlog.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void usage(void)
{
    fputs("usage: ftpd [-v] CONFIG\n", stderr);
}

static void print_version(void)
{
    puts("ftpd " FTPD_VERSION);
}

/* What a configuration must not combine. */
static void check_tunables(void)
{
    if (tunable_anonymous_enable && tunable_anon_root == NULL)
        sys_die("anonymous_enable needs anon_root");
    if (tunable_local_enable && tunable_user_file == NULL)
        sys_die("local_enable needs user_file");
    if (tunable_chroot_enable && !sys_running_as_root())
        sys_die("chroot_enable needs root");
    if (tunable_pasv_min_port > tunable_pasv_max_port)
        sys_die("pasv_min_port is above pasv_max_port");
}

int main(int argc, char **argv)
{
    struct client_launch launch;
    struct session *session;

    if (argc != 2) {
        usage();
        return 2;
    }
    if (strcmp(argv[1], "-v") == 0) {
        print_version();
        return 0;
    }
    parseconf_load(argv[1], 1);
    check_tunables();
    sys_ignore_signal(SIGPIPE);
    privs_prepare();
    xferlog_open();

    launch = standalone_main(argv[1]);

    session = session_new(&launch);
    if (session_admit(session, launch.num_children, launch.num_this_ip)) {
        banner_greet(session);
        session_main(session);
    }
    session_free(session);
    return 0;
}
