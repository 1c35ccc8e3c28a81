/* privs.c - chroot and the unprivileged user. */
#include "privs.h"

#include "tunables.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

static uid_t run_as_uid;
static gid_t run_as_gid;
static int drop_wanted;

void privs_prepare(void)
{
    const struct passwd *entry;

    if (tunable_run_as_user == NULL || !sys_running_as_root())
        return;
    entry = getpwnam(tunable_run_as_user);
    if (entry == NULL)
        sys_die("run_as_user: no such user");
    run_as_uid = entry->pw_uid;
    run_as_gid = entry->pw_gid;
    drop_wanted = 1;
}

static int drop_privileges(void)
{
    if (setgroups(0, NULL) < 0 || setgid(run_as_gid) < 0 || setuid(run_as_uid) < 0)
        return -1;
    /* What can be taken back was not given up. */
    return run_as_uid != 0 && setuid(0) == 0 ? -1 : 0;
}

int privs_enter(struct session *session, const char *home)
{
    if (chdir(home) < 0)
        return -1;
    if (tunable_chroot_enable) {
        if (chroot(".") < 0)
            return -1;
        str_clear(&session->root);
    } else {
        str_set(&session->root, home);
    }
    str_set(&session->cwd, "/");
    return drop_wanted ? drop_privileges() : 0;
}
