/* ftpdata.h - data connections and the transfers over them. */
#ifndef FTPD_FTPDATA_H
#define FTPD_FTPDATA_H

#include "ratelimit.h"
#include "session.h"

enum transfer_result {
    TRANSFER_RUNNING,
    TRANSFER_DONE,
    TRANSFER_FILE_ERROR,
    TRANSFER_NETWORK_ERROR,
    TRANSFER_TIMEOUT,
    TRANSFER_ABORTED
};

/* One transfer, on the stack of the command that makes it. */
struct transfer {
    int data_fd;
    int file_fd; /* -1 where the text is all in `buffer` */
    int ascii;
    int after_cr; /* received: the last byte so far was a CR */
    int watch_control;
    enum transfer_result result;
    unsigned int stalled_slices;
    unsigned int steps; /* reads or writes of the network */
    long long expected; /* bytes of the file, -1: unknown */
    long long bytes;    /* on the network */
    long long started_ms;
    struct ratelimit limit;
    char *buffer;
    size_t buffer_size;
    size_t filled;
    size_t sent;
};

/* Listens for one data connection; the result is its port, 0 where it failed. */
unsigned int data_listen(struct session *session);

/* Forgets what PASV, EPSV, PORT or EPRT prepared. */
void data_reset(struct session *session);
int data_prepared(const struct session *session);

/* Makes the data connection; replies and returns -1 where there is none. */
int data_open(struct session *session);

void transfer_begin(struct session *session, struct transfer *transfer, int data_fd, int file_fd);
void transfer_end(struct transfer *transfer);

/* The loops; they end with transfer->result set. */
void transfer_send(struct session *session, struct transfer *transfer);
void transfer_receive(struct session *session, struct transfer *transfer);

/* The text of a listing as what is to be sent. */
void transfer_load_text(struct transfer *transfer, const struct str *text);

/* Bytes per second so far. */
long long transfer_throughput(const struct transfer *transfer);

/* Adds a transfer that ended to the totals of its session. */
void transfer_account(struct transfer_stats *stats, const struct transfer *transfer);

/* The last word to the client about a transfer. */
void transfer_reply(struct session *session, const struct transfer *transfer, const char *good);

#endif
