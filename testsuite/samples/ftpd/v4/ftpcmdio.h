/* ftpcmdio.h - command lines in, replies out. */
#ifndef FTPD_FTPCMDIO_H
#define FTPD_FTPCMDIO_H

#include "session.h"

enum cmdio_result {
    CMDIO_OK,
    CMDIO_CLOSED,
    CMDIO_TIMEOUT,
    CMDIO_TOO_LONG
};

/* Waits for a line and splits it into session->verb and session->argument. */
enum cmdio_result cmdio_get_command(struct session *session);

/* Takes in what the control connection has ready. Returns 0 once it is closed. */
int cmdio_fill(struct session *session);

/* For use during a transfer: 1 where the first waiting line is ABOR (which is
 * then consumed), 0 where it is another one, -1 where no whole line waits. */
int cmdio_check_abort(struct session *session);

/* "CODE text", a line of "CODE-text" and a line of " text". */
void cmdio_reply(struct session *session, int code, const char *text);
void cmdio_replyf(struct session *session, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cmdio_reply_first(struct session *session, int code, const char *text);
void cmdio_reply_more(struct session *session, const char *text);

#endif
