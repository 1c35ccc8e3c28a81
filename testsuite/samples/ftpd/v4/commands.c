/* commands.c - the command tables, and the commands that touch no file. */
#include "commands.h"

#include "banner.h"
#include "ftpcmdio.h"
#include "tunables.h"
#include "version.h"
#include "xferlog.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMNS 8

static void handle_quit(struct session *session)
{
    banner_goodbye(session);
    session->phase = PHASE_CLOSING;
}

static void handle_noop(struct session *session)
{
    cmdio_reply(session, 200, "NOOP ok.");
}

static void handle_syst(struct session *session)
{
    cmdio_reply(session, 215, "UNIX Type: L8");
}

static void handle_clnt(struct session *session)
{
    str_copy(&session->client_name, &session->argument);
    str_replace_unprintable(&session->client_name, '?');
    cmdio_reply(session, 200, "Noted.");
}

static void handle_allo(struct session *session)
{
    cmdio_reply(session, 202, "ALLO command ignored.");
}

static void handle_abor(struct session *session)
{
    cmdio_reply(session, 225, "No transfer to ABOR.");
}

static void handle_type(struct session *session)
{
    str_upper(&session->argument);
    if (str_equal(&session->argument, "I") || str_equal(&session->argument, "L8")
        || str_equal(&session->argument, "L 8")) {
        session->ascii = 0;
        cmdio_reply(session, 200, "Switching to Binary mode.");
    } else if (str_equal(&session->argument, "A") || str_equal(&session->argument, "A N")) {
        session->ascii = 1;
        cmdio_reply(session, 200, "Switching to ASCII mode.");
    } else {
        cmdio_reply(session, 500, "Unrecognised TYPE command.");
    }
}

static void handle_mode(struct session *session)
{
    str_upper(&session->argument);
    if (str_equal(&session->argument, "S"))
        cmdio_reply(session, 200, "Mode set to S.");
    else
        cmdio_reply(session, 504, "Bad MODE command.");
}

static void handle_stru(struct session *session)
{
    str_upper(&session->argument);
    if (str_equal(&session->argument, "F"))
        cmdio_reply(session, 200, "Structure set to F.");
    else
        cmdio_reply(session, 504, "Bad STRU command.");
}

static const char *const features[] = {
    "EPRT",
    "EPSV",
    "HASH SHA-256*",
    "MDTM",
    "CLNT",
    "MFMT",
    "MLST type*;size*;modify*;perm*;",
    "PASV",
    "REST STREAM",
    "SIZE",
    "UTF8",
    "XSHA256",
    NULL
};

static void handle_feat(struct session *session)
{
    const char *const *feature;

    cmdio_reply_first(session, 211, "Features:");
    for (feature = features; *feature != NULL; feature++)
        cmdio_reply_more(session, *feature);
    cmdio_reply(session, 211, "End");
}

static void handle_opts(struct session *session)
{
    str_upper(&session->argument);
    if (str_equal(&session->argument, "UTF8 ON"))
        cmdio_reply(session, 200, "Always in UTF8 mode.");
    else
        cmdio_reply(session, 501, "Option not understood.");
}

static void status_recent(struct session *session)
{
    struct str line = STR_INIT;
    unsigned long long first = 0;
    unsigned long long i;

    if (session->commands > RECENT_COMMANDS)
        first = session->commands - RECENT_COMMANDS;
    str_set(&line, "Recent commands:");
    for (i = first; i < session->commands; i++) {
        const char *verb = session->recent[i % RECENT_COMMANDS];

        if (*verb == '\0')
            continue;
        str_add_char(&line, ' ');
        str_add(&line, verb);
    }
    cmdio_reply_more(session, str_cstr(&line));
    str_free(&line);
}

static void status_limits(struct session *session, struct str *line)
{
    if (session->max_rate == 0)
        str_set(line, "No bandwidth limit");
    else
        str_addf(line, "Bandwidth limit %u B/s", session->max_rate);
    str_addf(line, ", session timeout %u s, data timeout %u s", session_idle_timeout(session),
             tunable_data_connection_timeout);
}

static void status_transfers(struct session *session, struct str *line)
{
    str_addf(line, "Best rate %lld B/s out, %lld B/s in; %u failed, %u aborted; stalled for %u ms",
             session->sent.best_rate, session->received.best_rate,
             session->sent.failed + session->received.failed,
             session->sent.aborted + session->received.aborted,
             session->sent.stalled_ms + session->received.stalled_ms);
}

static void status_age(struct session *session, struct str *line)
{
    long long seconds = (sys_now_ms() - session->started_ms) / 1000;

    str_addf(line, "Connected for %lld s, %llu commands", seconds, session->commands);
}

static void handle_stat(struct session *session)
{
    struct str line = STR_INIT;

    cmdio_reply_first(session, 211, "FTP server status:");
    str_addf(&line, "Version %s", FTPD_VERSION);
    cmdio_reply_more(session, str_cstr(&line));
    str_clear(&line);
    str_addf(&line, "Session %u from %s", session->number, str_cstr(&session->peer_text));
    cmdio_reply_more(session, str_cstr(&line));
    str_clear(&line);
    str_addf(&line, "Logged in as %s", str_cstr(&session->user));
    cmdio_reply_more(session, str_cstr(&line));
    cmdio_reply_more(session, session->ascii ? "TYPE: ASCII" : "TYPE: BINARY");
    str_clear(&line);
    status_limits(session, &line);
    cmdio_reply_more(session, str_cstr(&line));
    str_clear(&line);
    status_age(session, &line);
    cmdio_reply_more(session, str_cstr(&line));
    str_clear(&line);
    str_addf(&line, "Files sent %u (%lld bytes), received %u (%lld bytes)", session->files_sent,
             session->bytes_sent, session->files_received, session->bytes_received);
    cmdio_reply_more(session, str_cstr(&line));
    str_clear(&line);
    status_transfers(session, &line);
    cmdio_reply_more(session, str_cstr(&line));
    status_recent(session);
    cmdio_reply(session, 211, "End of status");
    str_free(&line);
}

static void handle_site_version(struct session *session)
{
    cmdio_reply(session, 200, FTPD_VERSION);
}

static void handle_site_quota(struct session *session)
{
    struct str text = STR_INIT;

    quota_describe(&session->quota, &text);
    cmdio_reply(session, 200, str_cstr(&text));
    str_free(&text);
}

/* No session may ask for more than a day. */
static void handle_site_idle(struct session *session)
{
    unsigned int seconds;

    if (str_isempty(&session->argument)) {
        cmdio_replyf(session, 200, "Idle timeout is %u s", session_idle_timeout(session));
    } else if (!str_to_uint(str_cstr(&session->argument), 10, &seconds) || seconds == 0
               || seconds > 24 * 60 * 60) {
        cmdio_reply(session, 501, "Bad idle timeout.");
    } else {
        session->idle_timeout = seconds;
        cmdio_replyf(session, 200, "Idle timeout set to %u s", seconds);
    }
}

static void handle_site_help(struct session *session);

static const struct ftp_command site_commands[] = {
    { "CHMOD", handle_site_chmod, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "mode file" },
    { "HELP", handle_site_help, 0, "" },
    { "IDLE", handle_site_idle, NEEDS_LOGIN, "[seconds]" },
    { "QUOTA", handle_site_quota, NEEDS_LOGIN, "" },
    { "UMASK", handle_site_umask, NEEDS_LOGIN, "[mask]" },
    { "VERSION", handle_site_version, 0, "" },
    { NULL, NULL, 0, NULL }
};

static void handle_site(struct session *session);
static void handle_help(struct session *session);

static const struct ftp_command ftp_commands[] = {
    { "ABOR", handle_abor, 0, "" },
    { "ALLO", handle_allo, NEEDS_LOGIN, "[size]" },
    { "APPE", handle_appe, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "file" },
    { "CDUP", handle_cdup, NEEDS_LOGIN, "" },
    { "CLNT", handle_clnt, NEEDS_ARGUMENT, "name" },
    { "CWD", handle_cwd, NEEDS_LOGIN, "[directory]" },
    { "DELE", handle_dele, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "file" },
    { "EPRT", handle_eprt, NEEDS_LOGIN | NEEDS_ARGUMENT, "|family|host|port|" },
    { "EPSV", handle_epsv, NEEDS_LOGIN, "[family | ALL]" },
    { "FEAT", handle_feat, 0, "" },
    { "HASH", handle_hash, NEEDS_LOGIN | NEEDS_ARGUMENT, "file" },
    { "HELP", handle_help, 0, "[command]" },
    { "LIST", handle_list, NEEDS_LOGIN, "[-art] [path]" },
    { "MDTM", handle_mdtm, NEEDS_LOGIN | NEEDS_ARGUMENT, "file" },
    { "MFMT", handle_mfmt, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "time file" },
    { "MKD", handle_mkd, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "directory" },
    { "MLSD", handle_mlsd, NEEDS_LOGIN, "[directory]" },
    { "MLST", handle_mlst, NEEDS_LOGIN, "[path]" },
    { "MODE", handle_mode, NEEDS_LOGIN | NEEDS_ARGUMENT, "S" },
    { "NLST", handle_nlst, NEEDS_LOGIN, "[-art] [path]" },
    { "NOOP", handle_noop, 0, "" },
    { "OPTS", handle_opts, NEEDS_ARGUMENT, "option" },
    { "PASS", handle_pass, 0, "password" },
    { "PASV", handle_pasv, NEEDS_LOGIN, "" },
    { "PORT", handle_port, NEEDS_LOGIN | NEEDS_ARGUMENT, "h1,h2,h3,h4,p1,p2" },
    { "PWD", handle_pwd, NEEDS_LOGIN, "" },
    { "QUIT", handle_quit, 0, "" },
    { "REST", handle_rest, NEEDS_LOGIN | NEEDS_ARGUMENT, "offset" },
    { "RETR", handle_retr, NEEDS_LOGIN | NEEDS_ARGUMENT, "file" },
    { "RMD", handle_rmd, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "directory" },
    { "RNFR", handle_rnfr, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "file" },
    { "RNTO", handle_rnto, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "file" },
    { "SITE", handle_site, NEEDS_ARGUMENT, "command" },
    { "SIZE", handle_size, NEEDS_LOGIN | NEEDS_ARGUMENT, "file" },
    { "STAT", handle_stat, NEEDS_LOGIN, "" },
    { "STOR", handle_stor, NEEDS_LOGIN | NEEDS_ARGUMENT | NEEDS_WRITE, "file" },
    { "STOU", handle_stou, NEEDS_LOGIN | NEEDS_WRITE, "[name]" },
    { "STRU", handle_stru, NEEDS_LOGIN | NEEDS_ARGUMENT, "F" },
    { "SYST", handle_syst, 0, "" },
    { "TYPE", handle_type, NEEDS_LOGIN | NEEDS_ARGUMENT, "A | I" },
    { "USER", handle_user, NEEDS_ARGUMENT, "name" },
    { "XPWD", handle_pwd, NEEDS_LOGIN, "" },
    { "XSHA256", handle_xsha256, NEEDS_LOGIN | NEEDS_ARGUMENT, "file" },
    { NULL, NULL, 0, NULL }
};

const struct ftp_command *commands_find(const struct ftp_command *table, const char *verb)
{
    const struct ftp_command *command;

    for (command = table; command->verb != NULL; command++) {
        if (strcmp(command->verb, verb) == 0)
            return command;
    }
    return NULL;
}

static void help_table(struct session *session, const struct ftp_command *table)
{
    struct str line = STR_INIT;
    unsigned int column = 0;
    const struct ftp_command *command;

    for (command = table; command->verb != NULL; command++) {
        str_add_padded(&line, command->verb, 8);
        if (++column % HELP_COLUMNS == 0) {
            cmdio_reply_more(session, str_cstr(&line));
            str_clear(&line);
        }
    }
    if (!str_isempty(&line))
        cmdio_reply_more(session, str_cstr(&line));
    str_free(&line);
}

static void handle_help(struct session *session)
{
    const struct ftp_command *command;

    if (str_isempty(&session->argument)) {
        cmdio_reply_first(session, 214, "The following commands are recognised.");
        help_table(session, ftp_commands);
        cmdio_reply(session, 214, "Help OK.");
        return;
    }
    str_upper(&session->argument);
    command = commands_find(ftp_commands, str_cstr(&session->argument));
    if (command == NULL)
        cmdio_reply(session, 502, "Unknown command.");
    else
        cmdio_replyf(session, 214, "Syntax: %s %s", command->verb, command->syntax);
}

static void handle_site_help(struct session *session)
{
    cmdio_reply_first(session, 214, "The following SITE commands are recognised.");
    help_table(session, site_commands);
    cmdio_reply(session, 214, "Help OK.");
}

/* Says whether the handler may run; replies where it may not. */
static int command_allowed(struct session *session, const struct ftp_command *command)
{
    if ((command->needs & NEEDS_LOGIN) && session->phase != PHASE_LOGGED_IN)
        cmdio_reply(session, 530, "Please login with USER and PASS.");
    else if ((command->needs & NEEDS_ARGUMENT) && str_isempty(&session->argument))
        cmdio_replyf(session, 501, "%s needs an argument.", command->verb);
    else if ((command->needs & NEEDS_WRITE) && !session->may_write)
        cmdio_reply(session, 550, "Permission denied.");
    else
        return 1;
    return 0;
}

static void run_command(struct session *session, const struct ftp_command *command)
{
    if (command == NULL)
        cmdio_reply(session, 500, "Unknown command.");
    else if (command_allowed(session, command))
        command->handler(session);
}

static void handle_site(struct session *session)
{
    struct str rest = STR_INIT;

    str_split(&session->argument, ' ', &rest);
    str_copy(&session->verb, &session->argument);
    str_upper(&session->verb);
    str_copy(&session->argument, &rest);
    str_free(&rest);
    run_command(session, commands_find(site_commands, str_cstr(&session->verb)));
}

/* A name set by RNFR holds for the next command only. */
static void forget_rename(struct session *session)
{
    if (!str_equal(&session->verb, "RNTO"))
        str_clear(&session->rename_from);
}

void commands_execute(struct session *session)
{
    session_remember(session, str_cstr(&session->verb));
    forget_rename(session);
    run_command(session, commands_find(ftp_commands, str_cstr(&session->verb)));
}
