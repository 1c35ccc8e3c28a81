/* xferlog.c - lines in the format of wu-ftpd's xferlog, and event lines. */
#include "xferlog.h"

#include "path.h"
#include "tunables.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

typedef void (*log_sink)(const struct str *line);

static int log_fd = -1;

/* One write a line: sessions share the file, and O_APPEND keeps lines whole. */
static void sink_file(const struct str *line)
{
    if (sys_write_all(log_fd, str_cstr(line), line->len) < 0)
        sys_close_failok(&log_fd);
}

/* NULL where nothing is logged. */
static log_sink current_sink = NULL;

void xferlog_open(void)
{
    if (!tunable_xferlog_enable || tunable_xferlog_file == NULL)
        return;
    log_fd = open(tunable_xferlog_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0)
        sys_die_errno("cannot open xferlog_file");
    current_sink = sink_file;
}

/* For a log that was rotated away; keeps the old one where there is no new one. */
void xferlog_reopen(void)
{
    int fd;

    if (current_sink != sink_file)
        return;
    fd = open(tunable_xferlog_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    sys_close_failok(&log_fd);
    log_fd = fd;
}

static void add_time(struct str *line)
{
    time_t now = (time_t)sys_wall_seconds();
    struct tm parts;
    char text[40];

    gmtime_r(&now, &parts);
    strftime(text, sizeof(text), "%a %b %d %H:%M:%S %Y", &parts);
    str_add(line, text);
}

/* Transfers are numbered in each session. */
static unsigned int next_transfer_id(void)
{
    static unsigned int id = 100;

    return id++;
}

static void finish_line(struct str *line)
{
    if (current_sink == NULL)
        return;
    str_replace_unprintable(line, '?');
    str_add_char(line, '\n');
    current_sink(line);
}

static void add_path(const struct session *session, struct str *line)
{
    struct str path = STR_INIT;
    size_t i;

    path_virtual(session, str_cstr(&session->argument), &path);
    for (i = 0; i < path.len; i++) {
        if (path.data[i] == ' ')
            path.data[i] = '_';
    }
    str_add(line, str_cstr(&path));
    str_free(&path);
}

void xferlog_transfer(const struct session *session, const struct transfer *transfer,
                      char direction)
{
    struct str line = STR_INIT;
    long long rate = transfer_throughput(transfer);
    long long seconds = (sys_now_ms() - transfer->started_ms + 999) / 1000;

    add_time(&line);
    str_addf(&line, " %lld %s %lld ", seconds, str_cstr(&session->peer_text), transfer->bytes);
    add_path(session, &line);
    str_addf(&line, " %c _ %c %c %s ftp 0 * %c #%u %lldB/s", transfer->ascii ? 'a' : 'b', direction,
             session->anonymous ? 'a' : 'r', str_cstr(&session->user),
             transfer->result == TRANSFER_DONE ? 'c' : 'i', next_transfer_id(), rate);
    finish_line(&line);
    str_free(&line);
}

void xferlog_event(const struct session *session, const char *event, const char *detail)
{
    struct str line = STR_INIT;

    add_time(&line);
    str_addf(&line, " [pid %ld] ", (long)getpid());
    if (session != NULL && !str_isempty(&session->user))
        str_addf(&line, "[%s] ", str_cstr(&session->user));
    if (session != NULL && !str_isempty(&session->client_name))
        str_addf(&line, "{%s} ", str_cstr(&session->client_name));
    str_addf(&line, "%s: Client \"%s\"", event,
             session != NULL ? str_cstr(&session->peer_text) : "-");
    if (*detail != '\0')
        str_addf(&line, ", \"%s\"", detail);
    finish_line(&line);
    str_free(&line);
}
