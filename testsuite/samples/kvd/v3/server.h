/* server.h - what the whole server knows. */
#ifndef KVD_SERVER_H
#define KVD_SERVER_H

#include <sys/types.h>

/* Who writes a snapshot. */
struct saver {
    pid_t pid; /* 0 is nobody */
    unsigned long changes;
    long long started;
};

struct server {
    const char *folder;
    const char *port_file;
    unsigned int port;
    int with_journal;
    int listener;
    long long started;
    unsigned int connections;
    unsigned int rejected;
    unsigned int rejected_silently;
    unsigned int most_clients; /* 0 is any number */
    unsigned int most_output; /* bytes; 0 is any number */
    unsigned int most_keys; /* 0 is any number */
    unsigned int timeout; /* seconds of silence; 0 is any time */
    unsigned long long commands;
    unsigned long errors;
    unsigned long long bytes_in;
    unsigned long long bytes_out;
    unsigned long changes;
    unsigned long saved_changes; /* those in the snapshot */
    struct saver saver;
};

extern struct server server;

/* Listens, loads what there is, serves until it is told to stop. */
int server_main(void);

#endif
