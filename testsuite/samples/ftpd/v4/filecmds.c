/* filecmds.c - commands that look at or change files without transferring them. */
#include "commands.h"

#include "banner.h"
#include "ftpcmdio.h"
#include "path.h"
#include "sha256.h"
#include "tunables.h"
#include "xferlog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

    struct stat info;

    path_resolve(session, str_cstr(&session->argument), &real);
    if (lstat(str_cstr(&real), &info) == 0 && S_ISDIR(info.st_mode)) {
        cmdio_reply(session, 550, "That is a directory: use RMD.");
    } else if (unlink(str_cstr(&real)) == 0) {
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
    if (str_equal(&real, str_cstr(&session->root))) {
        cmdio_reply(session, 550, "The root stays where it is.");
    } else if (lstat(str_cstr(&real), &info) == 0) {
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

/* "YYYYMMDDHHMMSS", in UTC. */
static int parse_time(const char *text, time_t *when)
{
    struct tm parts;
    char rest;

    memset(&parts, 0, sizeof(parts));
    if (sscanf(text, "%4d%2d%2d%2d%2d%2d%c", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
               &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &rest) != 6)
        return 0;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    *when = timegm(&parts);
    return *when != (time_t)-1;
}

void handle_mfmt(struct session *session)
{
    struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
    struct str name = STR_INIT;
    struct str real = STR_INIT;

    str_split(&session->argument, ' ', &name);
    path_resolve(session, str_cstr(&name), &real);
    if (!tunable_mdtm_write)
        cmdio_reply(session, 550, "Permission denied.");
    else if (str_isempty(&name) || !parse_time(str_cstr(&session->argument), &times[1].tv_sec))
        cmdio_reply(session, 501, "MFMT needs a time and a file.");
    else if (utimensat(AT_FDCWD, str_cstr(&real), times, 0) < 0)
        cmdio_reply(session, 550, "Could not set file modification time.");
    else
        cmdio_replyf(session, 213, "Modify=%s; %s", str_cstr(&session->argument), str_cstr(&name));
    str_free(&real);
    str_free(&name);
}

static void add_hex(struct str *text, const unsigned char *bytes, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        str_addf(text, "%02x", bytes[i]);
}

static int hash_file(const char *path, unsigned char digest[SHA256_SIZE])
{
    struct sha256 hash;
    char buffer[16384];
    ssize_t count = -1;
    int fd = open(path, O_RDONLY);

    if (fd < 0)
        return -1;
    sha256_init(&hash);
    while ((count = sys_read(fd, buffer, sizeof(buffer))) > 0)
        sha256_add(&hash, buffer, (size_t)count);
    sys_close(fd);
    sha256_finish(&hash, digest);
    return count < 0 ? -1 : 0;
}

/* The digest of the file that the argument names, or a reply that there is none. */
static int digest_argument(struct session *session, struct stat *info,
                           unsigned char digest[SHA256_SIZE])
{
    struct str real = STR_INIT;
    int good;

    if (!stat_argument(session, info, "Could not get file checksum."))
        return 0;
    path_resolve(session, str_cstr(&session->argument), &real);
    good = hash_file(str_cstr(&real), digest) == 0;
    str_free(&real);
    if (!good)
        cmdio_reply(session, 550, "Could not get file checksum.");
    return good;
}

void handle_xsha256(struct session *session)
{
    struct str text = STR_INIT;
    unsigned char digest[SHA256_SIZE];
    struct stat info;

    if (!digest_argument(session, &info, digest))
        return;
    add_hex(&text, digest, SHA256_SIZE);
    cmdio_reply(session, 250, str_cstr(&text));
    str_free(&text);
}

/* "213 SHA-256 0-SIZE DIGEST NAME". */
void handle_hash(struct session *session)
{
    struct str text = STR_INIT;
    unsigned char digest[SHA256_SIZE];
    struct stat info;

    if (!digest_argument(session, &info, digest))
        return;
    str_addf(&text, "SHA-256 0-%lld ", (long long)info.st_size);
    add_hex(&text, digest, SHA256_SIZE);
    str_add_char(&text, ' ');
    str_add(&text, str_cstr(&session->argument));
    cmdio_reply(session, 213, str_cstr(&text));
    str_free(&text);
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
    } else if (mode <= 0777 && chmod(str_cstr(&real), (mode_t)mode) == 0) {
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
        session_set_umask(session, mask);
        cmdio_replyf(session, 200, "UMASK set to %04o", mask);
    }
}
