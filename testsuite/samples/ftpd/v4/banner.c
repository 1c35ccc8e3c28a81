/* banner.c - greeting, directory messages, goodbye. */
#include "banner.h"

#include "ftpcmdio.h"
#include "tunables.h"
#include "version.h"

#include <stddef.h>

#define MAX_MESSAGE 4000

static const char *const goodbyes[] = {
    "Goodbye.",
    "Goodbye. Thank you for the files.",
    NULL
};

void banner_greet(struct session *session)
{
    if (tunable_banner != NULL)
        cmdio_reply(session, 220, tunable_banner);
    else
        cmdio_reply(session, 220, "Welcome to ftpd " FTPD_VERSION ".");
}

static void banner_totals(struct session *session)
{
    struct str line = STR_INIT;

    str_addf(&line, "You sent %lld bytes and received %lld.", session->bytes_received,
             session->bytes_sent);
    cmdio_reply_first(session, 221, str_cstr(&line));
    str_free(&line);
}

void banner_goodbye(struct session *session)
{
    int moved = session->files_sent + session->files_received > 0;

    if (moved)
        banner_totals(session);
    cmdio_reply(session, 221, goodbyes[moved]);
}

/* Each line becomes one of a long reply, whose last line is the command's. */
static void show_lines(struct session *session, int code, struct str *text)
{
    struct str rest = STR_INIT;

    while (!str_isempty(text)) {
        str_split(text, '\n', &rest);
        cmdio_reply_first(session, code, str_cstr(text));
        str_copy(text, &rest);
    }
    str_free(&rest);
}

void banner_directory(struct session *session, int code, const struct str *real)
{
    struct str path = STR_INIT;
    struct str text = STR_INIT;

    if (tunable_dirmessage_enable && tunable_message_file != NULL) {
        str_copy(&path, real);
        str_add_char(&path, '/');
        str_add(&path, tunable_message_file);
        if (sys_read_file(str_cstr(&path), &text) == 0 && text.len <= MAX_MESSAGE)
            show_lines(session, code, &text);
    }
    str_free(&text);
    str_free(&path);
}
