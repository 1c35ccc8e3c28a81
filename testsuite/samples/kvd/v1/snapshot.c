/* snapshot.c - a line of numbers before each text; the file is renamed when it is whole. */
#include "snapshot.h"

#include "database.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SNAPSHOT_FILE "kvd.snapshot"
#define SNAPSHOT_NEW "kvd.snapshot.new"
#define SNAPSHOT_MAGIC "KVD 1\n"
#define SNAPSHOT_LONGEST 67108864

static void write_text(FILE *file, const char *text, size_t length)
{
    fprintf(file, "%zu ", length);
    fwrite(text, 1, length, file);
    putc('\n', file);
}

static void write_list(FILE *file, const struct list *list)
{
    const struct list_node *node;

    fprintf(file, "%zu\n", list->count);
    for (node = list->first; node != NULL; node = node->next)
        write_text(file, node->data, node->length);
}

static void write_entry(struct dict *dict, struct entry *entry, void *data)
{
    FILE *file = data;
    char space[32];
    size_t length;
    const char *text;

    (void)dict;
    fprintf(file, "%c %lld ", entry->value->type == VALUE_LIST ? 'L' : 'S', entry->expires);
    write_text(file, entry->key, entry->key_length);
    if (entry->value->type == VALUE_LIST) {
        write_list(file, entry->value->as.list);
    } else {
        text = value_text(entry->value, space, &length);
        write_text(file, text, length);
    }
}

int snapshot_write(void)
{
    FILE *file = fopen(SNAPSHOT_NEW, "w");
    int failed;

    if (file == NULL)
        return -1;
    fputs(SNAPSHOT_MAGIC, file);
    dict_each(&database.keys, write_entry, file);
    failed = ferror(file) || fflush(file) != 0 || fsync(fileno(file)) < 0;
    if (fclose(file) != 0 || failed || rename(SNAPSHOT_NEW, SNAPSHOT_FILE) < 0)
        return -1;
    server.saved_changes = server.changes;
    return 0;
}

int snapshot_start(void)
{
    pid_t child = fork();

    if (child < 0)
        return -1;
    if (child == 0)
        _exit(snapshot_write() < 0);
    server.saver = child;
    server.saver_changes = server.changes;
    return 0;
}

void snapshot_check(void *data)
{
    int status;

    (void)data;
    if (server.saver == 0 || waitpid(server.saver, &status, WNOHANG) != server.saver)
        return;
    server.saver = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        server.saved_changes = server.saver_changes;
    else
        fputs("kvd: the snapshot was not written\n", stderr);
}

/* A text with its length before it; NULL if it is damaged. */
static char *read_text(FILE *file, size_t *length)
{
    char *text;

    if (fscanf(file, "%zu", length) != 1 || *length > SNAPSHOT_LONGEST || getc(file) != ' ')
        return NULL;
    text = memory_get(*length + 1);
    if (fread(text, 1, *length, file) != *length || getc(file) != '\n') {
        free(text);
        return NULL;
    }
    return text;
}

static struct value *read_string(FILE *file)
{
    size_t length;
    char *text = read_text(file, &length);
    struct value *value;

    if (text == NULL)
        return NULL;
    value = value_from_text(text, length);
    free(text);
    return value;
}

static struct value *read_list(FILE *file)
{
    struct value *value = value_list();
    size_t count;

    if (fscanf(file, "%zu", &count) != 1) {
        value_free(value);
        return NULL;
    }
    while (count-- > 0) {
        size_t length;
        char *text = read_text(file, &length);

        if (text == NULL) {
            value_free(value);
            return NULL;
        }
        list_push_last(value->as.list, text, length);
        free(text);
    }
    return value;
}

/* 1, 0 at the end of the file, -1 if it is damaged. */
static int read_entry(FILE *file)
{
    struct word key;
    struct value *value;
    long long expires;
    char type;
    int fields = fscanf(file, " %c %lld", &type, &expires);

    if (fields != 2)
        return feof(file) && fields <= 0 ? 0 : -1;
    key.bytes = read_text(file, &key.length);
    if (key.bytes == NULL)
        return -1;
    value = type == 'L' ? read_list(file) : read_string(file);
    if (value != NULL && (expires == 0 || expires > loop.now)) {
        database_set(&key, value);
        database_find(&key)->expires = expires;
    } else if (value != NULL) {
        value_free(value);
    }
    free(key.bytes);
    return value != NULL ? 1 : -1;
}

int snapshot_load(void)
{
    FILE *file = fopen(SNAPSHOT_FILE, "r");
    char magic[sizeof SNAPSHOT_MAGIC];
    int status = -1;

    if (file == NULL)
        return errno == ENOENT ? 0 : -1;
    if (fgets(magic, sizeof magic, file) != NULL && strcmp(magic, SNAPSHOT_MAGIC) == 0) {
        do
            status = read_entry(file);
        while (status > 0);
    }
    fclose(file);
    return status;
}
