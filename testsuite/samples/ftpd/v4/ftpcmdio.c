/* ftpcmdio.c - the control connection. */
#include "ftpcmdio.h"

#include "tunables.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_COMMAND_LINE 8192
#define MAX_REPLY 1024

#define TELNET_IAC 255
#define TELNET_FIRST_COMMAND 240

/* Clients send "IAC IP IAC DM" before ABOR; nothing of it is part of a command. */
static void strip_telnet(struct str *line)
{
    size_t from = 0;
    size_t to = 0;

    while (from < line->len) {
        unsigned char c = (unsigned char)line->data[from];
        unsigned char next = (unsigned char)line->data[from + 1];

        if (c == TELNET_IAC && next >= TELNET_FIRST_COMMAND && next != TELNET_IAC) {
            from += 2;
            continue;
        }
        if (c == TELNET_IAC && next == TELNET_IAC)
            from++;
        line->data[to++] = line->data[from++];
    }
    line->len = to;
    line->data[to] = '\0';
}

/* Moves the first whole line of the input to `line`; says whether there was one. */
static int take_line(struct session *session, struct str *line)
{
    long end = str_find(&session->input, '\n');
    size_t len;

    if (end < 0)
        return 0;
    len = (size_t)end;
    str_set_bytes(line, session->input.data, len);
    str_cut_front(&session->input, len + 1);
    if (line->len > 0 && line->data[line->len - 1] == '\r') {
        line->len--;
        line->data[line->len] = '\0';
    }
    strip_telnet(line);
    return 1;
}

/* A NUL inside a path would cut it short, so it ends the line here, for all. */
static void split_command(struct session *session, struct str *line)
{
    line->len = strlen(str_cstr(line));
    str_split(line, ' ', &session->argument);
    /* One blank ends the verb; more of them belong to no argument. */
    while (!str_isempty(&session->argument) && session->argument.data[0] == ' ')
        str_cut_front(&session->argument, 1);
    str_copy(&session->verb, line);
    str_upper(&session->verb);
}

int cmdio_fill(struct session *session)
{
    char buffer[1024];
    ssize_t count = sys_read(session->control_fd, buffer, sizeof(buffer));

    if (count <= 0)
        return 0;
    str_add_bytes(&session->input, buffer, (size_t)count);
    return 1;
}

/* Someone who has not logged in gets less time to think. */
static long long command_timeout_ms(const struct session *session)
{
    unsigned int seconds = session_idle_timeout(session);

    if (session->phase != PHASE_LOGGED_IN && tunable_login_timeout < seconds)
        seconds = tunable_login_timeout;
    return (long long)seconds * 1000;
}

enum cmdio_result cmdio_get_command(struct session *session)
{
    struct str line = STR_INIT;
    enum cmdio_result result = CMDIO_OK;

    while (!take_line(session, &line)) {
        long long timeout = command_timeout_ms(session);

        if (session->input.len > MAX_COMMAND_LINE) {
            str_clear(&session->input);
            result = CMDIO_TOO_LONG;
            break;
        }
        if (sys_wait_fd(session->control_fd, POLLIN, timeout) != SYS_WAIT_READY) {
            result = CMDIO_TIMEOUT;
            break;
        }
        if (!cmdio_fill(session)) {
            result = CMDIO_CLOSED;
            break;
        }
    }
    if (result == CMDIO_OK)
        split_command(session, &line);
    str_free(&line);
    return result;
}

int cmdio_check_abort(struct session *session)
{
    struct str line = STR_INIT;
    struct str saved = STR_INIT;
    int result = -1;

    str_copy(&saved, &session->input);
    if (take_line(session, &line)) {
        result = str_equal_nocase(&line, "ABOR");
        if (!result)
            str_copy(&session->input, &saved);
    }
    str_free(&saved);
    str_free(&line);
    return result;
}

static void send_line(struct session *session, const char *prefix, const char *text)
{
    struct str line = STR_INIT;

    str_set(&line, text);
    str_replace_unprintable(&line, '?');
    str_add(&line, "\r\n");
    if (*prefix != '\0') {
        struct str whole = STR_INIT;

        str_set(&whole, prefix);
        str_add_bytes(&whole, line.data, line.len);
        str_copy(&line, &whole);
        str_free(&whole);
    }
    /* A client that is gone is noticed at the next read. */
    sys_write_all(session->control_fd, line.data, line.len);
    str_free(&line);
}

void cmdio_reply(struct session *session, int code, const char *text)
{
    char prefix[16];

    snprintf(prefix, sizeof(prefix), "%03d ", code);
    send_line(session, prefix, text);
}

void cmdio_replyf(struct session *session, int code, const char *format, ...)
{
    char text[MAX_REPLY];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    cmdio_reply(session, code, text);
}

void cmdio_reply_first(struct session *session, int code, const char *text)
{
    char prefix[16];

    snprintf(prefix, sizeof(prefix), "%03d-", code);
    send_line(session, prefix, text);
}

void cmdio_reply_more(struct session *session, const char *text)
{
    send_line(session, " ", text);
}
