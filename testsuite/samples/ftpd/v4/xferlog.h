/* xferlog.h - the log of transfers and events. */
#ifndef FTPD_XFERLOG_H
#define FTPD_XFERLOG_H

#include "ftpdata.h"
#include "session.h"

/* Opened before any chroot and kept open. */
void xferlog_open(void);
void xferlog_reopen(void);

/* One transfer; `direction` is 'o' for a download and 'i' for an upload. */
void xferlog_transfer(const struct session *session, const struct transfer *transfer,
                      char direction);

/* Anything else; `session` is NULL in the listener. */
void xferlog_event(const struct session *session, const char *event, const char *detail);

#endif
