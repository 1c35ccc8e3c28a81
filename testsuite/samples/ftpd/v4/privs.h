/* privs.h - giving up what a session does not need. */
#ifndef FTPD_PRIVS_H
#define FTPD_PRIVS_H

#include "session.h"

/* Looks up run_as_user while the user database is still in reach. */
void privs_prepare(void);

/* Makes the real directory `home` the session's "/", by chroot where the
 * configuration asks for it, and becomes run_as_user. Returns 0, or -1 where a
 * step failed; the session must then end, for it may be half way. */
int privs_enter(struct session *session, const char *home);

#endif
