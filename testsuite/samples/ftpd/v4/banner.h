/* banner.h - texts that greet and part. */
#ifndef FTPD_BANNER_H
#define FTPD_BANNER_H

#include "session.h"

void banner_greet(struct session *session);
void banner_goodbye(struct session *session);

/* The message file of a directory that was entered, if it has one, as the first
 * lines of a reply with `code`. */
void banner_directory(struct session *session, int code, const struct str *real);

#endif
