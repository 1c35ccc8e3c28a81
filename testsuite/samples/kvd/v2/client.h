/* client.h - connections, and the commands that come over them. */
#ifndef KVD_CLIENT_H
#define KVD_CLIENT_H

#include "buffer.h"
#include "loop.h"

#include <stddef.h>

#define CLIENT_WORDS 64
#define CLIENT_NAME 24

struct word {
    char *bytes; /* in the input */
    size_t length;
};

struct client {
    struct client *next;
    struct client *previous;
    int fd; /* -1 for the reader of the journal */
    unsigned int id;
    char name[CLIENT_NAME]; /* by CLIENT SETNAME */
    long long last_heard;
    struct watch *watch;
    struct buffer input;
    struct buffer output;
    int closing; /* after what is still to be written */
    unsigned long commands;
    int word_count;
    struct word words[CLIENT_WORDS];
};

/* Whether a word is this text, in large or small letters. */
int word_is(const struct word *word, const char *text);

extern struct client *clients;

/* Takes in who waits at a listening descriptor. */
void client_accept(void *data, unsigned int events);
/* A client that is no connection: what it says comes from a file. */
struct client *client_offline(void);
void client_free(struct client *client);
/* Runs the commands in the input; 0 if they are no commands. */
int client_run_input(struct client *client);
/* Writes replies of all clients that have some. */
void clients_flush(void);
void clients_close(void);
/* Hangs up on who has been silent for so many milliseconds. */
void clients_close_silent(long long silence);
unsigned int clients_count(void);

#endif
