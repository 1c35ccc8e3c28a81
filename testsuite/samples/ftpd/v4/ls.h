/* ls.h - directory listings as text. */
#ifndef FTPD_LS_H
#define FTPD_LS_H

#include "session.h"

enum ls_format {
    LS_NAMES, /* bare names */
    LS_LONG,  /* as "ls -l" */
    LS_FACTS  /* for MLSD: no options, no patterns */
};

/* Appends the listing of `argument` ("[-options] [path or pattern]") to `text`.
 * Returns 0 where there is nothing that could be listed. */
int ls_build(struct session *session, const char *argument, enum ls_format format,
             struct str *text);

#endif
