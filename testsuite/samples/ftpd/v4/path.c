/* path.c - virtual paths. */
#include "path.h"

#include <string.h>

static void drop_last_part(struct str *path)
{
    while (path->len > 0 && path->data[path->len - 1] != '/')
        path->len--;
    if (path->len > 0)
        path->len--;
    if (path->data != NULL)
        path->data[path->len] = '\0';
}

/* Appends each part of `text`; `result` holds "" or "/a/b". */
static void append_parts(struct str *result, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "/");

        if (len == 2 && text[0] == '.' && text[1] == '.') {
            drop_last_part(result);
        } else if (len > 0 && !(len == 1 && text[0] == '.')) {
            str_add_char(result, '/');
            str_add_bytes(result, text, len);
        }
        text += len;
        while (*text == '/')
            text++;
    }
}

void path_virtual(const struct session *session, const char *argument, struct str *result)
{
    str_clear(result);
    if (argument[0] != '/')
        append_parts(result, str_cstr(&session->cwd));
    append_parts(result, argument);
    if (str_isempty(result))
        str_set(result, "/");
}

void path_real(const struct session *session, const struct str *path, struct str *result)
{
    str_copy(result, &session->root);
    str_add(result, str_cstr(path));
}

void path_resolve(const struct session *session, const char *argument, struct str *result)
{
    struct str absolute = STR_INIT;

    path_virtual(session, argument, &absolute);
    path_real(session, &absolute, result);
    str_free(&absolute);
}

/* Matches "[abc]" or "[^abc]" at `pattern`; the end of it goes to `end`. */
static int class_matches(const char *pattern, char c, const char **end)
{
    int negated = pattern[1] == '^';
    const char *at = pattern + 1 + negated;
    int found = 0;

    for (; *at != '\0' && *at != ']'; at++)
        found |= *at == c;
    *end = *at == ']' ? at + 1 : at;
    return found != negated;
}

int path_matches(const char *pattern, const char *name)
{
    const char *after_class = NULL;
    const char *star = NULL;
    const char *retry = NULL;

    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            retry = name;
        } else if (*pattern == '[' && class_matches(pattern, *name, &after_class)) {
            pattern = after_class;
            name++;
        } else if (*pattern == '?' || (*pattern == *name && *pattern != '[')) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++retry;
        } else {
            return 0;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
