/* ls.h - directory listings as text. */
#ifndef FTPD_LS_H
#define FTPD_LS_H

#include "session.h"

/* Appends the listing of `argument` ("[-options] [path or pattern]") to `text`,
 * in the long format of "ls -l" or as bare names. Returns 0 where there is
 * nothing that could be listed. */
int ls_build(struct session *session, const char *argument, int long_format, struct str *text);

#endif
