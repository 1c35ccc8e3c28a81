/* parseconf.c - "name=value" lines into tunables, through one table a kind. */
#include "parseconf.h"

#include "str.h"
#include "sysutil.h"
#include "tunables.h"

#include <stdio.h>
#include <string.h>

struct bool_setting {
    const char *name;
    int *variable;
};

struct uint_setting {
    const char *name;
    unsigned int *variable;
    unsigned int base; /* 8 for modes, else 10 */
};

struct text_setting {
    const char *name;
    const char **variable;
};

static const struct bool_setting bool_settings[] = {
    { "anonymous_enable", &tunable_anonymous_enable },
    { "local_enable", &tunable_local_enable },
    { "write_enable", &tunable_write_enable },
    { "anon_upload_enable", &tunable_anon_upload_enable },
    { "chroot_enable", &tunable_chroot_enable },
    { "xferlog_enable", &tunable_xferlog_enable },
    { "pasv_enable", &tunable_pasv_enable },
    { "port_enable", &tunable_port_enable },
    { "pasv_promiscuous", &tunable_pasv_promiscuous },
    { "port_promiscuous", &tunable_port_promiscuous },
    { "ascii_download_enable", &tunable_ascii_download_enable },
    { "ascii_upload_enable", &tunable_ascii_upload_enable },
    { "force_dot_files", &tunable_force_dot_files },
    { "dirmessage_enable", &tunable_dirmessage_enable },
    { "hide_ids", &tunable_hide_ids },
    { "mdtm_write", &tunable_mdtm_write },
    { NULL, NULL }
};

static const struct uint_setting uint_settings[] = {
    { "listen_port", &tunable_listen_port, 10 },
    { "max_clients", &tunable_max_clients, 10 },
    { "max_per_ip", &tunable_max_per_ip, 10 },
    { "max_login_fails", &tunable_max_login_fails, 10 },
    { "idle_session_timeout", &tunable_idle_session_timeout, 10 },
    { "data_connection_timeout", &tunable_data_connection_timeout, 10 },
    { "connect_timeout", &tunable_connect_timeout, 10 },
    { "accept_timeout", &tunable_accept_timeout, 10 },
    { "local_max_rate", &tunable_local_max_rate, 10 },
    { "anon_max_rate", &tunable_anon_max_rate, 10 },
    { "local_umask", &tunable_local_umask, 8 },
    { "file_open_mode", &tunable_file_open_mode, 8 },
    { "pasv_min_port", &tunable_pasv_min_port, 10 },
    { "pasv_max_port", &tunable_pasv_max_port, 10 },
    { "trans_chunk_size", &tunable_trans_chunk_size, 10 },
    { "delay_failed_login", &tunable_delay_failed_login, 10 },
    { "login_timeout", &tunable_login_timeout, 10 },
    { "max_upload_size", &tunable_max_upload_size, 10 },
    { "max_transfer_seconds", &tunable_max_transfer_seconds, 10 },
    { "anon_umask", &tunable_anon_umask, 8 },
    { NULL, NULL, 0 }
};

static const struct text_setting text_settings[] = {
    { "listen_address", &tunable_listen_address },
    { "port_file", &tunable_port_file },
    { "user_file", &tunable_user_file },
    { "anon_root", &tunable_anon_root },
    { "run_as_user", &tunable_run_as_user },
    { "xferlog_file", &tunable_xferlog_file },
    { "banner", &tunable_banner },
    { "message_file", &tunable_message_file },
    { "hide_file", &tunable_hide_file },
    { "deny_user", &tunable_deny_user },
    { NULL, NULL }
};

static int set_bool(const char *name, const struct str *value)
{
    const struct bool_setting *setting;

    for (setting = bool_settings; setting->name != NULL; setting++) {
        if (strcmp(setting->name, name) != 0)
            continue;
        if (str_equal_nocase(value, "YES") || str_equal(value, "1"))
            *setting->variable = 1;
        else if (str_equal_nocase(value, "NO") || str_equal(value, "0"))
            *setting->variable = 0;
        else
            return -1;
        return 1;
    }
    return 0;
}

static int set_uint(const char *name, const struct str *value)
{
    const struct uint_setting *setting;

    for (setting = uint_settings; setting->name != NULL; setting++) {
        if (strcmp(setting->name, name) == 0)
            return str_to_uint(str_cstr(value), setting->base, setting->variable) ? 1 : -1;
    }
    return 0;
}

/* The texts of the tunables live as long as the process; one that a reload
 * replaces may still be in use by whoever read it, so it is not freed. */
static int set_text(const char *name, const struct str *value)
{
    const struct text_setting *setting;
    char *copy;

    for (setting = text_settings; setting->name != NULL; setting++) {
        if (strcmp(setting->name, name) != 0)
            continue;
        if (*setting->variable != NULL && str_equal(value, *setting->variable))
            return 1;
        copy = sys_malloc(value->len + 1);
        memcpy(copy, str_cstr(value), value->len + 1);
        *setting->variable = copy;
        return 1;
    }
    return 0;
}

/* 1: set, 0: no such setting, -1: a value that does not fit. */
static int parse_setting(const char *name, const struct str *value)
{
    int result = set_bool(name, value);

    if (result == 0)
        result = set_uint(name, value);
    if (result == 0)
        result = set_text(name, value);
    return result;
}

static void complain(const char *path, unsigned int line, const char *what, int fatal)
{
    struct str message = STR_INIT;

    str_addf(&message, "%s:%u: %s", path, line, what);
    if (fatal)
        sys_die(str_cstr(&message));
    fprintf(stderr, "ftpd: %s\n", str_cstr(&message));
    str_free(&message);
}

/* Says whether the line was good. */
static int parse_line(struct str *line, const char *path, unsigned int number, int fatal)
{
    struct str value = STR_INIT;
    int result = 1;

    str_trim(line);
    if (!str_isempty(line) && str_cstr(line)[0] != '#') {
        if (!str_split(line, '=', &value)) {
            complain(path, number, "a line is name=value", fatal);
            result = 0;
        } else {
            int outcome;

            str_trim(line);
            str_trim(&value);
            outcome = parse_setting(str_cstr(line), &value);

            if (outcome == 0)
                complain(path, number, "unknown setting", fatal);
            else if (outcome < 0)
                complain(path, number, "bad value", fatal);
            result = outcome > 0;
        }
    }
    str_free(&value);
    return result;
}

int parseconf_load(const char *path, int fatal)
{
    struct str content = STR_INIT;
    struct str line = STR_INIT;
    unsigned int number = 0;
    int bad = 0;
    size_t at = 0;

    if (sys_read_file(path, &content) < 0) {
        if (fatal)
            sys_die_errno(path);
        return 1;
    }
    while (at < content.len) {
        const char *start = content.data + at;
        const char *end = memchr(start, '\n', content.len - at);
        size_t len = end != NULL ? (size_t)(end - start) : content.len - at;

        number++;
        str_set_bytes(&line, start, len);
        if (!parse_line(&line, path, number, fatal))
            bad++;
        at += len + 1;
    }
    str_free(&line);
    str_free(&content);
    return bad;
}
