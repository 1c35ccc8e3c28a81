/* standalone.h - the listener: one process that accepts, one more for each session. */
#ifndef FTPD_STANDALONE_H
#define FTPD_STANDALONE_H

#include "sysutil.h"

/* What a fresh child knows about the client it serves. */
struct client_launch {
    int fd;
    struct sys_addr peer;
    unsigned int number;       /* of the session, from 1 */
    unsigned int num_children; /* with this one */
    unsigned int num_this_ip;
};

/* Listens and forks; returns only in the children, once for each client. */
struct client_launch standalone_main(const char *config_path);

#endif
