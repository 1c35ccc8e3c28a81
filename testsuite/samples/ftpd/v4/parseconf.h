/* parseconf.h - the configuration file. */
#ifndef FTPD_PARSECONF_H
#define FTPD_PARSECONF_H

/* Reads `path` into the tunables. With `fatal`, a bad file ends the process;
 * else its bad lines are skipped and counted in the result. */
int parseconf_load(const char *path, int fatal);

#endif
