/* server.h - what the whole server knows. */
#ifndef KVD_SERVER_H
#define KVD_SERVER_H

#include <sys/types.h>

struct server {
    const char *folder;
    const char *port_file;
    unsigned int port;
    int with_journal;
    int listener;
    long long started;
    unsigned int connections;
    unsigned long commands;
    unsigned long changes;
    unsigned long saved_changes; /* those in the snapshot */
    pid_t saver; /* who writes one, or 0 */
    unsigned long saver_changes;
};

extern struct server server;

/* Listens, loads what there is, serves until it is told to stop. */
int server_main(void);

#endif
