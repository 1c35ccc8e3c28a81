/* path.h - the client's view of the file system. */
#ifndef FTPD_PATH_H
#define FTPD_PATH_H

#include "session.h"

/* Makes `argument`, relative to the session's directory, absolute and free of
 * ".", ".." and "//". It cannot lead above "/". */
void path_virtual(const struct session *session, const char *argument, struct str *result);

/* Where an absolute virtual path is found by the operating system. */
void path_real(const struct session *session, const struct str *path, struct str *result);

/* Both steps. */
void path_resolve(const struct session *session, const char *argument, struct str *result);

/* Shell patterns with * and ?. */
int path_matches(const char *pattern, const char *name);

#endif
