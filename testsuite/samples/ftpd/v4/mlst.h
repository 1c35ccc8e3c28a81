/* mlst.h - machine-readable facts about files (RFC 3659). */
#ifndef FTPD_MLST_H
#define FTPD_MLST_H

#include "session.h"

#include <sys/stat.h>

/* Appends "type=file;size=1;modify=20200102030405;perm=r; ". */
void mlst_facts(const struct session *session, const struct stat *info, struct str *text);

#endif
