/* journal.c - an append-only file of commands, in the words of the protocol. */
#include "journal.h"

#include "commands.h"
#include "database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define JOURNAL_FILE "kvd.journal"
#define JOURNAL_READ 65536

static int journal_fd = -1;
static struct buffer pending = BUFFER_INIT;

int journal_open(void)
{
    journal_fd = open(JOURNAL_FILE, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return journal_fd < 0 ? -1 : 0;
}

static void add_word(const char *bytes, size_t length)
{
    buffer_add_format(&pending, "$%zu\r\n", length);
    buffer_add(&pending, bytes, length);
    buffer_add(&pending, "\r\n", 2);
}

static void add_words(const struct client *client, int count)
{
    int at;

    buffer_add_format(&pending, "*%d\r\n", count);
    for (at = 0; at < count; at++)
        add_word(client->words[at].bytes, client->words[at].length);
}

/* When a key ends: what the file says has to hold whenever it is read. */
static void add_end(const struct word *key)
{
    const struct entry *entry = database_find(key);
    char text[32];
    int length;

    if (entry == NULL || entry->expires == 0)
        return;
    length = snprintf(text, sizeof text, "%lld", entry->expires);
    buffer_add(&pending, "*3\r\n", 4);
    add_word("pexpireat", 9);
    add_word(key->bytes, key->length);
    add_word(text, (size_t)length);
}

void journal_add(const struct client *client, unsigned int flags)
{
    if (journal_fd < 0 || client->fd < 0)
        return;
    if (!(flags & COMMAND_ENDS)) {
        add_words(client, client->word_count);
        return;
    }
    if (!(flags & COMMAND_ONLY_ENDS))
        add_words(client, 3);
    add_end(&client->words[1]);
}

void journal_flush(void)
{
    while (buffer_length(&pending) > 0) {
        ssize_t count = write(journal_fd, buffer_bytes(&pending), buffer_length(&pending));

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            perror("kvd: the journal");
            exit(2);
        }
        buffer_take(&pending, (size_t)count);
    }
}

int journal_replay(void)
{
    int fd = open(JOURNAL_FILE, O_RDONLY);
    struct client *reader;
    int status = 1;

    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    reader = client_offline();
    for (;;) {
        char *room = buffer_reserve(&reader->input, JOURNAL_READ);
        ssize_t count = read(fd, room, JOURNAL_READ);

        if (count <= 0)
            break;
        reader->input.end += (size_t)count;
        if (!client_run_input(reader)) {
            status = -1;
            break;
        }
        buffer_take(&reader->output, buffer_length(&reader->output));
    }
    client_free(reader);
    close(fd);
    return status;
}
