/* cmd_keys.c - commands for keys, whatever their values are. */
#include "commands.h"

#include "database.h"
#include "reply.h"
#include "server.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void command_del(struct client *client)
{
    long long removed = 0;
    int at;

    for (at = 1; at < client->word_count; at++)
        removed += database_remove(&client->words[at]);
    server.changes += (unsigned long)removed;
    reply_integer(client, removed);
}

void command_exists(struct client *client)
{
    long long found = 0;
    int at;

    for (at = 1; at < client->word_count; at++)
        found += database_read(&client->words[at]) != NULL;
    reply_integer(client, found);
}

/* Lets a key end at `base` and so many `unit`s more, as the third word has it. */
static void set_end(struct client *client, long long base, long long unit)
{
    struct entry *entry = database_find(&client->words[1]);
    long long count;

    if (!parse_integer(client->words[2].bytes, client->words[2].length, &count)
        || count > LLONG_MAX / 4 / unit || count < LLONG_MIN / 4 / unit) {
        reply_error(client, "value is not an integer");
        return;
    }
    if (entry == NULL) {
        reply_integer(client, 0);
        return;
    }
    entry->expires = base + count * unit;
    if (entry->expires <= 0)
        entry->expires = 1;
    server.changes++;
    reply_integer(client, 1);
}

void command_expire(struct client *client)
{
    set_end(client, loop.now, 1000);
}

void command_pexpireat(struct client *client)
{
    set_end(client, 0, 1);
}

void command_ttl(struct client *client)
{
    const struct entry *entry = database_read(&client->words[1]);

    if (entry == NULL)
        reply_integer(client, -2);
    else if (entry->expires == 0)
        reply_integer(client, -1);
    else
        reply_integer(client, (entry->expires - loop.now + 500) / 1000);
}

void command_pttl(struct client *client)
{
    const struct entry *entry = database_read(&client->words[1]);

    if (entry == NULL)
        reply_integer(client, -2);
    else
        reply_integer(client, entry->expires == 0 ? -1 : entry->expires - loop.now);
}

void command_persist(struct client *client)
{
    struct entry *entry = database_find(&client->words[1]);

    if (entry == NULL || entry->expires == 0) {
        reply_integer(client, 0);
        return;
    }
    entry->expires = 0;
    server.changes++;
    reply_integer(client, 1);
}

void command_rename(struct client *client)
{
    struct entry *entry = database_find(&client->words[1]);
    struct value *value;
    long long expires;

    if (entry == NULL) {
        reply_error(client, "no such key");
        return;
    }
    value = entry->value;
    expires = entry->expires;
    entry->value = NULL;
    database_remove(&client->words[1]);
    database_set(&client->words[2], value);
    database_find(&client->words[2])->expires = expires;
    server.changes++;
    reply_status(client, "OK");
}

/* Seconds since a key was used; one that nobody used since the server knows has no answer. */
void command_idletime(struct client *client)
{
    const struct entry *entry = database_look(&client->words[1]);

    if (entry == NULL || entry->used == 0)
        reply_nothing(client);
    else
        reply_integer(client, (loop.now - entry->used) / 1000);
}

void command_type(struct client *client)
{
    const struct entry *entry = database_read(&client->words[1]);

    reply_status(client, entry != NULL ? value_type_name(entry->value) : "none");
}

/* What KEYS has found. */
struct found {
    const struct word *pattern;
    struct entry **entries;
    size_t count;
    size_t room;
};

/* `*` stands for any text, everything else for itself. */
static int matches(const char *pattern, size_t pattern_length, const char *text, size_t length)
{
    while (pattern_length > 0) {
        if (*pattern == '*') {
            size_t skip;

            for (skip = 0; skip <= length; skip++) {
                if (matches(pattern + 1, pattern_length - 1, text + skip, length - skip))
                    return 1;
            }
            return 0;
        }
        if (length == 0 || *pattern != *text)
            return 0;
        pattern++;
        pattern_length--;
        text++;
        length--;
    }
    return length == 0;
}

static void add_found(struct dict *dict, struct entry *entry, void *data)
{
    struct found *found = data;

    (void)dict;
    if (entry->expires != 0 && entry->expires <= loop.now)
        return;
    if (!matches(found->pattern->bytes, found->pattern->length, entry->key, entry->key_length))
        return;
    if (found->count == found->room) {
        found->room = found->room * 2 + 16;
        found->entries = memory_grow(found->entries, found->room * sizeof(struct entry *));
    }
    found->entries[found->count++] = entry;
}

static int by_key(const void *left, const void *right)
{
    const struct entry *const *a = left;
    const struct entry *const *b = right;
    size_t least = (*a)->key_length < (*b)->key_length ? (*a)->key_length : (*b)->key_length;
    int order = memcmp((*a)->key, (*b)->key, least);

    if (order != 0)
        return order;
    return ((*a)->key_length > (*b)->key_length) - ((*a)->key_length < (*b)->key_length);
}

void command_keys(struct client *client)
{
    struct found found = { &client->words[1], NULL, 0, 0 };
    size_t at;

    dict_each(&database.keys, add_found, &found);
    if (found.count > 0)
        qsort(found.entries, found.count, sizeof(struct entry *), by_key);
    reply_array(client, found.count);
    for (at = 0; at < found.count; at++)
        reply_text(client, found.entries[at]->key, found.entries[at]->key_length);
    free(found.entries);
}

void command_dbsize(struct client *client)
{
    reply_integer(client, (long long)dict_count(&database.keys));
}

void command_flushall(struct client *client)
{
    server.changes += dict_count(&database.keys);
    dict_clear(&database.keys);
    database.scan = 0;
    reply_status(client, "OK");
}
