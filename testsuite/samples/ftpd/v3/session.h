/* session.h - the state of one client's session. */
#ifndef FTPD_SESSION_H
#define FTPD_SESSION_H

#include "standalone.h"
#include "str.h"
#include "sysutil.h"

enum session_phase {
    PHASE_NEED_USER,
    PHASE_NEED_PASSWORD,
    PHASE_LOGGED_IN,
    PHASE_CLOSING
};

/* What all transfers of a session in one direction came to. */
struct transfer_stats {
    unsigned int failed;
    unsigned int stalled_ms;
    long long best_rate; /* bytes per second */
};

#define RECENT_COMMANDS 4
#define RECENT_LENGTH 8

struct session {
    /* The control connection. */
    int control_fd;
    enum session_phase phase;
    unsigned int number;
    struct sys_addr peer;
    struct sys_addr local;
    struct str peer_text;
    struct str input; /* read and not yet consumed */
    struct str verb;
    struct str argument;
    unsigned int idle_timeout; /* seconds, set by SITE IDLE; 0: as configured */
    struct str client_name;    /* set by CLNT */

    /* Who it is and where. */
    struct str user;
    struct str root; /* the real path of "/"; empty inside a chroot */
    struct str cwd;  /* as the client sees it */
    int anonymous;
    int may_write;
    unsigned int failed_logins;

    /* What the next transfer uses. */
    int passive_fd;
    int port_given;
    struct sys_addr port_addr;
    int epsv_all;
    int ascii;
    long long restart_at;
    struct str rename_from;
    unsigned int unique_number; /* of the last STOU */
    unsigned int umask;
    unsigned int max_rate; /* bytes per second, 0: no limit */

    /* What it did so far. */
    long long started_ms;
    unsigned int commands;
    unsigned int files_sent;
    unsigned int files_received;
    struct transfer_stats sent;
    struct transfer_stats received;
    long long bytes_sent;
    long long bytes_received;
    char recent[RECENT_COMMANDS][RECENT_LENGTH];
};

struct session *session_new(const struct client_launch *launch);
void session_free(struct session *session);

/* Turns away a client that is one too many; says whether it may stay. */
int session_admit(struct session *session, unsigned int children, unsigned int same_ip);

/* Reads and executes commands until the client or a timeout ends it. */
void session_main(struct session *session);

/* Seconds that a session that has logged in may stay silent. */
unsigned int session_idle_timeout(const struct session *session);

/* For the files that the session creates. */
void session_set_umask(struct session *session, unsigned int mask);

/* Notes a command for STAT. */
void session_remember(struct session *session, const char *verb);

#endif
