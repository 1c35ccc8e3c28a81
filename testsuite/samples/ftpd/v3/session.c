/* session.c - the life of a session. */
#include "session.h"

#include "commands.h"
#include "ftpcmdio.h"
#include "tunables.h"
#include "xferlog.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct session *session_new(const struct client_launch *launch)
{
    struct session *session = sys_calloc(1, sizeof(*session));

    session->control_fd = launch->fd;
    session->peer = launch->peer;
    session->number = launch->number;
    session->phase = PHASE_NEED_USER;
    session->passive_fd = -1;
    session->started_ms = sys_now_ms();
    session_set_umask(session, tunable_local_umask);
    sys_local_addr(session->control_fd, &session->local);
    sys_control_socket_options(session->control_fd);
    sys_addr_text(&session->peer, &session->peer_text);
    str_set(&session->cwd, "/");
    return session;
}

void session_free(struct session *session)
{
    sys_close_failok(&session->passive_fd);
    sys_close_failok(&session->control_fd);
    str_free(&session->peer_text);
    str_free(&session->input);
    str_free(&session->verb);
    str_free(&session->argument);
    str_free(&session->client_name);
    str_free(&session->user);
    str_free(&session->root);
    str_free(&session->cwd);
    str_free(&session->rename_from);
    sys_free(session);
}

int session_admit(struct session *session, unsigned int children, unsigned int same_ip)
{
    if (tunable_max_clients > 0 && children > tunable_max_clients) {
        cmdio_reply(session, 421, "There are too many connected users, please try later.");
        return 0;
    }
    if (tunable_max_per_ip > 0 && same_ip > tunable_max_per_ip) {
        cmdio_reply(session, 421, "There are too many connections from your address.");
        return 0;
    }
    xferlog_event(session, "CONNECT", "");
    return 1;
}

unsigned int session_idle_timeout(const struct session *session)
{
    return session->idle_timeout > 0 ? session->idle_timeout : tunable_idle_session_timeout;
}

void session_set_umask(struct session *session, unsigned int mask)
{
    session->umask = mask;
    umask((mode_t)mask);
}

void session_remember(struct session *session, const char *verb)
{
    unsigned int slot = session->commands % RECENT_COMMANDS;

    snprintf(session->recent[slot], RECENT_LENGTH, "%s", verb);
    session->commands++;
}

static void session_goodbye(struct session *session, enum cmdio_result why)
{
    const char *reason = "";

    if (why == CMDIO_TIMEOUT) {
        cmdio_reply(session, 421, session->phase == PHASE_LOGGED_IN ? "Timeout." : "Login timeout.");
        reason = "timeout";
    } else if (why == CMDIO_CLOSED) {
        reason = "connection lost";
    }
    if (session->sent.failed + session->received.failed > 0)
        xferlog_event(session, "UNFINISHED", str_cstr(&session->client_name));
    xferlog_event(session, "DISCONNECT", reason);
}

void session_main(struct session *session)
{
    enum cmdio_result result = CMDIO_OK;

    while (session->phase != PHASE_CLOSING) {
        result = cmdio_get_command(session);
        if (result == CMDIO_TOO_LONG) {
            cmdio_reply(session, 500, "Input line too long.");
            continue;
        }
        if (result != CMDIO_OK)
            break;
        commands_execute(session);
    }
    session_goodbye(session, result);
}
