/* mlst.c - facts, and the command that asks for those of one file. */
#include "mlst.h"

#include "commands.h"
#include "ftpcmdio.h"
#include "path.h"

#include <time.h>

struct permission {
    mode_t kind; /* S_IFDIR or S_IFREG */
    int needs_write;
    const char *letters;
};

static const struct permission permissions[] = {
    { S_IFDIR, 0, "el" },
    { S_IFDIR, 1, "cmp" },
    { S_IFREG, 0, "r" },
    { S_IFREG, 1, "adfw" },
    { 0, 0, NULL }
};

static const char *type_name(mode_t mode)
{
    if (S_ISDIR(mode))
        return "dir";
    return S_ISREG(mode) ? "file" : "OS.unix=other";
}

void mlst_facts(const struct session *session, const struct stat *info, struct str *text)
{
    const struct permission *permission;
    struct tm when;
    char modify[32];

    gmtime_r(&info->st_mtime, &when);
    strftime(modify, sizeof(modify), "%Y%m%d%H%M%S", &when);
    str_addf(text, "type=%s;", type_name(info->st_mode));
    if (S_ISREG(info->st_mode))
        str_addf(text, "size=%lld;", (long long)info->st_size);
    str_addf(text, "modify=%s;perm=", modify);
    for (permission = permissions; permission->letters != NULL; permission++) {
        if ((info->st_mode & S_IFMT) == permission->kind
            && (session->may_write || !permission->needs_write))
            str_add(text, permission->letters);
    }
    str_add(text, "; ");
}

void handle_mlst(struct session *session)
{
    struct str path = STR_INIT;
    struct str real = STR_INIT;
    struct str text = STR_INIT;
    struct stat info;

    path_virtual(session, str_cstr(&session->argument), &path);
    path_real(session, &path, &real);
    if (lstat(str_cstr(&real), &info) < 0) {
        cmdio_reply(session, 550, "No such file or directory.");
    } else {
        mlst_facts(session, &info, &text);
        str_add(&text, str_cstr(&path));
        cmdio_reply_first(session, 250, "Listing");
        cmdio_reply_more(session, str_cstr(&text));
        cmdio_reply(session, 250, "End");
    }
    str_free(&text);
    str_free(&real);
    str_free(&path);
}
