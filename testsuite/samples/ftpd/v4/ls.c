/* ls.c - reads a directory, sorts it and formats it. */
#include "ls.h"

#include "mlst.h"
#include "path.h"
#include "tunables.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Files older than this show their year instead of the time of day. */
#define RECENT_SECONDS (180LL * 24 * 60 * 60)

enum ls_sort {
    LS_SORT_NAME,
    LS_SORT_TIME,
    LS_SORT_SIZE,
    LS_SORT_NONE
};

struct ls_options {
    int all;
    enum ls_format format;
    int reverse;
    int mark_kind; /* "/" after directories */
    enum ls_sort sort;
};

struct ls_entry {
    char *name;
    struct stat info;
};

struct ls_list {
    struct ls_entry *entries;
    size_t count;
    size_t cap;
};

typedef int (*ls_compare)(const void *a, const void *b);

static int compare_names(const void *a, const void *b)
{
    const struct ls_entry *left = a;
    const struct ls_entry *right = b;

    return strcmp(left->name, right->name);
}

/* Newest first. */
static int compare_times(const void *a, const void *b)
{
    const struct ls_entry *left = a;
    const struct ls_entry *right = b;

    if (left->info.st_mtime != right->info.st_mtime)
        return left->info.st_mtime < right->info.st_mtime ? 1 : -1;
    return compare_names(a, b);
}

/* Largest first. */
static int compare_sizes(const void *a, const void *b)
{
    const struct ls_entry *left = a;
    const struct ls_entry *right = b;

    if (left->info.st_size != right->info.st_size)
        return left->info.st_size < right->info.st_size ? 1 : -1;
    return compare_names(a, b);
}

static const ls_compare comparisons[] = {
    [LS_SORT_NAME] = compare_names,
    [LS_SORT_TIME] = compare_times,
    [LS_SORT_SIZE] = compare_sizes,
    [LS_SORT_NONE] = NULL
};

static void list_add(struct ls_list *list, const char *name, const struct stat *info)
{
    struct ls_entry *entry;
    size_t size = strlen(name) + 1;

    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 16;
        list->entries = sys_realloc(list->entries, list->cap * sizeof(*list->entries));
    }
    entry = &list->entries[list->count++];
    entry->name = sys_malloc(size);
    memcpy(entry->name, name, size);
    entry->info = *info;
}

static void list_free(struct ls_list *list)
{
    size_t i;

    for (i = 0; i < list->count; i++)
        sys_free(list->entries[i].name);
    sys_free(list->entries);
}

static void list_sort(struct ls_list *list, const struct ls_options *options)
{
    ls_compare compare = comparisons[options->sort];
    size_t i;

    if (compare != NULL && list->count > 1)
        qsort(list->entries, list->count, sizeof(*list->entries), compare);
    if (!options->reverse)
        return;
    for (i = 0; i < list->count / 2; i++) {
        struct ls_entry swapped = list->entries[i];

        list->entries[i] = list->entries[list->count - 1 - i];
        list->entries[list->count - 1 - i] = swapped;
    }
}

/* Takes "-art" off the front of the argument. */
static const char *parse_options(const char *argument, struct ls_options *options)
{
    while (*argument == '-') {
        for (argument++; *argument != '\0' && *argument != ' '; argument++) {
            switch (*argument) {
            case 'a':
                options->all = 1;
                break;
            case 'l':
                options->format = LS_LONG;
                break;
            case 'r':
                options->reverse = 1;
                break;
            case 't':
                options->sort = LS_SORT_TIME;
                break;
            case 'F':
                options->mark_kind = 1;
                break;
            case 'S':
                options->sort = LS_SORT_SIZE;
                break;
            case 'U':
                options->sort = LS_SORT_NONE;
                break;
            default:
                break;
            }
        }
        while (*argument == ' ')
            argument++;
    }
    return argument;
}

static int is_hidden(const char *name, const struct ls_options *options)
{
    if (tunable_hide_file != NULL && path_matches(tunable_hide_file, name))
        return 1;
    return name[0] == '.' && !options->all && !tunable_force_dot_files;
}

/* Fills the list with the names in `directory` that match. */
static int read_directory(const char *directory, const char *pattern,
                          const struct ls_options *options, struct ls_list *list)
{
    struct str path = STR_INIT;
    struct dirent *item;
    struct stat info;
    DIR *stream = opendir(directory);

    if (stream == NULL)
        return 0;
    while ((item = readdir(stream)) != NULL) {
        if (is_hidden(item->d_name, options) || !path_matches(pattern, item->d_name))
            continue;
        str_set(&path, directory);
        str_add_char(&path, '/');
        str_add(&path, item->d_name);
        if (lstat(str_cstr(&path), &info) == 0)
            list_add(list, item->d_name, &info);
    }
    closedir(stream);
    str_free(&path);
    return 1;
}

static char type_letter(mode_t mode)
{
    if (S_ISDIR(mode))
        return 'd';
    if (S_ISLNK(mode))
        return 'l';
    if (S_ISFIFO(mode))
        return 'p';
    if (S_ISSOCK(mode))
        return 's';
    if (S_ISBLK(mode))
        return 'b';
    return S_ISCHR(mode) ? 'c' : '-';
}

static void format_mode(mode_t mode, struct str *text)
{
    static const char letters[] = "rwxrwxrwx";
    unsigned int bit;

    str_add_char(text, type_letter(mode));
    for (bit = 0; bit < 9; bit++)
        str_add_char(text, (mode >> (8 - bit)) & 1 ? letters[bit] : '-');
}

static void format_owner(const struct stat *info, int hide, struct str *text)
{
    char id[16];

    if (hide) {
        str_add(text, "ftp      ftp     ");
        return;
    }
    snprintf(id, sizeof(id), "%u", (unsigned int)info->st_uid);
    str_add_padded(text, id, 9);
    snprintf(id, sizeof(id), "%u", (unsigned int)info->st_gid);
    str_add_padded(text, id, 8);
}

static void format_time(time_t when, struct str *text)
{
    long long age = sys_wall_seconds() - (long long)when;
    int recent = age >= 0 && age < RECENT_SECONDS;
    struct tm parts;
    char buffer[32];

    gmtime_r(&when, &parts);
    strftime(buffer, sizeof(buffer), recent ? "%b %d %H:%M" : "%b %d  %Y", &parts);
    str_add(text, buffer);
}

static void format_link(const char *directory, const char *name, struct str *text)
{
    struct str path = STR_INIT;
    char target[1024];
    ssize_t len;

    str_addf(&path, "%s/%s", directory, name);
    len = readlink(str_cstr(&path), target, sizeof(target));
    if (len > 0) {
        str_add(text, " -> ");
        str_add_bytes(text, target, (size_t)len);
    }
    str_free(&path);
}

static void format_entry(const char *directory, const struct ls_entry *entry, struct str *text)
{
    format_mode(entry->info.st_mode, text);
    str_add_number(text, (long long)entry->info.st_nlink, 5);
    str_add_char(text, ' ');
    format_owner(&entry->info, tunable_hide_ids, text);
    str_add_number(text, (long long)entry->info.st_size, 13);
    str_add_char(text, ' ');
    format_time(entry->info.st_mtime, text);
    str_add_char(text, ' ');
    str_add(text, entry->name);
    if (S_ISLNK(entry->info.st_mode))
        format_link(directory, entry->name, text);
}

static void format_list(const struct session *session, const char *directory,
                        const struct ls_list *list, const struct ls_options *options,
                        struct str *text)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        const struct ls_entry *entry = &list->entries[i];

        if (options->format == LS_LONG) {
            format_entry(directory, entry, text);
        } else {
            if (options->format == LS_FACTS)
                mlst_facts(session, &entry->info, text);
            str_add(text, entry->name);
        }
        if (options->mark_kind && S_ISDIR(entry->info.st_mode))
            str_add_char(text, '/');
        str_add(text, "\r\n");
    }
}

/* Splits a path that is no directory into where to look and what for. */
static void split_pattern(struct str *directory, struct str *pattern)
{
    size_t cut = directory->len;

    while (cut > 0 && directory->data[cut - 1] != '/')
        cut--;
    str_set(pattern, directory->data + cut);
    directory->len = cut > 1 ? cut - 1 : cut;
    directory->data[directory->len] = '\0';
}

int ls_build(struct session *session, const char *argument, enum ls_format format,
             struct str *text)
{
    struct ls_options options = { .format = format, .sort = LS_SORT_NAME };
    struct ls_list list = { NULL, 0, 0 };
    struct str directory = STR_INIT;
    struct str pattern = STR_INIT;
    struct stat info;
    int found;

    if (format != LS_FACTS)
        argument = parse_options(argument, &options);
    path_resolve(session, argument, &directory);
    str_set(&pattern, "*");
    if (format != LS_FACTS
        && (stat(str_cstr(&directory), &info) < 0 || !S_ISDIR(info.st_mode)))
        split_pattern(&directory, &pattern);
    found = read_directory(str_cstr(&directory), str_cstr(&pattern), &options, &list);
    if (found) {
        list_sort(&list, &options);
        format_list(session, str_cstr(&directory), &list, &options, text);
    }
    list_free(&list);
    str_free(&pattern);
    str_free(&directory);
    return found;
}
