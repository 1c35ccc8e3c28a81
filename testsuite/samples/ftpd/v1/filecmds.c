/* filecmds.c - commands that look at or change files without transferring them. */
#include "commands.h"

#include "banner.h"
#include "ftpcmdio.h"
#include "path.h"
#include "tunables.h"
#include "xferlog.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Quotes in a directory name are doubled, as the protocol wants it. */
static void quote_path(const struct str *path, struct str *quoted)
{
    size_t i;

    str_set(quoted, "\"");
    for (i = 0; i < path->len; i++) {
        if (path->data[i] == '"')
            str_add_char(quoted, '"');
        str_add_char(quoted, path->data[i]);
    }
    str_add_char(quoted, '"');
}

static void change_directory(struct session *session, const char *argument)
{
    struct str target = STR_INIT;
    struct str real = STR_INIT;
    struct stat info;

    path_virtual(session, argument, &target);
    path_real(session, &target, &real);
    if (stat(str_cstr(&real), &info) == 0 && S_ISDIR(info.st_mode)
        && access(str_cstr(&real), X_OK) == 0) {
        str_copy(&session->cwd, &target);
        banner_directory(session, 250, &real);
        cmdio_reply(session, 250, "Directory successfully changed.");
    } else {
        cmdio_reply(session, 550, "Failed to change directory.");
    }
    str_free(&real);
    str_free(&target);
}

void handle_cwd(struct session *session)
{
    change_directory(session, str_cstr(&session->argument));
}

void handle_cdup(struct session *session)
{
    change_directory(session, "..");
}

void handle_pwd(struct session *session)
{
    struct str quoted = STR_INIT;

    quote_path(&session->cwd, &quoted);
    cmdio_reply(session, 257, str_cstr(&quoted));
    str_free(&quoted);
}

void handle_mkd(struct session *session)
{
    struct str target = STR_INIT;
    struct str real = STR_INIT;
    struct str quoted = STR_INIT;

    path_virtual(session, str_cstr(&session->argument), &target);
    path_real(session, &target, &real);
    if (mkdir(str_cstr(&real), 0777) == 0) {
        quote_path(&target, &quoted);
        cmdio_replyf(session, 257, "%s created", str_cstr(&quoted));
        xferlog_event(session, "MKDIR", str_cstr(&target));
    } else {
        cmdio_reply(session, 550, "Create directory operation failed.");
    }
    str_free(&quoted);
    str_free(&real);
    str_free(&target);
}

void handle_rmd(struct session *session)
{
    struct str real = STR_INIT;

    path_resolve(session, str_cstr(&session->argument), &real);
    if (rmdir(str_cstr(&real)) == 0) {
        cmdio_reply(session, 250, "Remove directory operation successful.");
        xferlog_event(session, "RMDIR", str_cstr(&session->argument));
    } else {
        cmdio_reply(session, 550, "Remove directory operation failed.");
    }
    str_free(&real);
}

void handle_dele(struct session *session)
{
    struct str real = STR_INIT;

    path_resolve(session, str_cstr(&session->argument), &real);
    if (unlink(str_cstr(&real)) == 0) {
        cmdio_reply(session, 250, "Delete operation successful.");
        xferlog_event(session, "DELETE", str_cstr(&session->argument));
    } else {
        cmdio_reply(session, 550, "Delete operation failed.");
    }
    str_free(&real);
}

void handle_rnfr(struct session *session)
{
    struct str real = STR_INIT;
    struct stat info;

    path_resolve(session, str_cstr(&session->argument), &real);
    if (lstat(str_cstr(&real), &info) == 0) {
        str_copy(&session->rename_from, &real);
        cmdio_reply(session, 350, "Ready for RNTO.");
    } else {
        cmdio_reply(session, 550, "RNFR command failed.");
    }
    str_free(&real);
}

void handle_rnto(struct session *session)
{
    struct str real = STR_INIT;

    if (str_isempty(&session->rename_from)) {
        cmdio_reply(session, 503, "RNFR required first.");
        return;
    }
    path_resolve(session, str_cstr(&session->argument), &real);
    if (rename(str_cstr(&session->rename_from), str_cstr(&real)) == 0) {
        cmdio_reply(session, 250, "Rename successful.");
        xferlog_event(session, "RENAME", str_cstr(&session->argument));
    } else {
        cmdio_reply(session, 550, "Rename failed.");
    }
    str_clear(&session->rename_from);
    str_free(&real);
}

/* The regular file that the argument names, or a reply that there is none. */
static int stat_argument(struct session *session, struct stat *info, const char *failure)
{
    struct str real = STR_INIT;
    int found;

    path_resolve(session, str_cstr(&session->argument), &real);
    found = stat(str_cstr(&real), info) == 0 && S_ISREG(info->st_mode);
    str_free(&real);
    if (!found)
        cmdio_reply(session, 550, failure);
    return found;
}

void handle_size(struct session *session)
{
    struct stat info;

    if (stat_argument(session, &info, "Could not get file size."))
        cmdio_replyf(session, 213, "%lld", (long long)info.st_size);
}

void handle_mdtm(struct session *session)
{
    struct stat info;
    struct tm when;
    char text[32];

    if (!stat_argument(session, &info, "Could not get file modification time."))
        return;
    gmtime_r(&info.st_mtime, &when);
    strftime(text, sizeof(text), "%Y%m%d%H%M%S", &when);
    cmdio_reply(session, 213, text);
}

void handle_site_chmod(struct session *session)
{
    struct str name = STR_INIT;
    struct str real = STR_INIT;
    unsigned int mode;

    str_split(&session->argument, ' ', &name);
    path_resolve(session, str_cstr(&name), &real);
    if (str_isempty(&name) || !str_to_uint(str_cstr(&session->argument), 8, &mode)) {
        cmdio_reply(session, 501, "SITE CHMOD needs 2 arguments.");
    } else if (chmod(str_cstr(&real), (mode_t)(mode & 0777)) == 0) {
        cmdio_reply(session, 200, "SITE CHMOD command ok.");
        xferlog_event(session, "CHMOD", str_cstr(&name));
    } else {
        cmdio_reply(session, 550, "SITE CHMOD command failed.");
    }
    str_free(&real);
    str_free(&name);
}

void handle_site_umask(struct session *session)
{
    unsigned int mask;

    if (str_isempty(&session->argument)) {
        cmdio_replyf(session, 200, "Your current UMASK is %04o", session->umask);
    } else if (!str_to_uint(str_cstr(&session->argument), 8, &mask) || mask > 0777) {
        cmdio_reply(session, 501, "Bad UMASK.");
    } else {
        session->umask = mask;
        umask((mode_t)mask);
        cmdio_replyf(session, 200, "UMASK set to %04o", mask);
    }
}
