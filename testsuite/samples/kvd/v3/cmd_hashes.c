/* cmd_hashes.c - commands for hashes: tables of fields below one key. */
#include "commands.h"

#include "database.h"
#include "reply.h"
#include "server.h"

static const char wrong_type[] = "the key holds another kind of value";

/* The hash of a key; NULL if there is none, after a reply if it has another value. */
static struct dict *find_hash(struct client *client, struct entry *entry, int *answered)
{
    *answered = 0;
    if (entry == NULL)
        return NULL;
    if (entry->value->type != VALUE_HASH) {
        reply_error(client, wrong_type);
        *answered = 1;
        return NULL;
    }
    return entry->value->as.hash;
}

/* HSET key field value [field value ...] */
void command_hset(struct client *client)
{
    struct dict *hash;
    struct entry *entry;
    long long added = 0;
    int answered, at;

    if (client->word_count % 2 != 0) {
        reply_error(client, "wrong number of arguments for 'hset'");
        return;
    }
    entry = database_make(&client->words[1]);
    if (entry->value == NULL)
        entry->value = value_hash();
    hash = find_hash(client, entry, &answered);
    if (hash == NULL)
        return;
    for (at = 2; at < client->word_count; at += 2) {
        const struct word *words = &client->words[at];
        struct entry *field = dict_add(hash, words[0].bytes, words[0].length);

        if (field->value != NULL)
            value_free(field->value);
        else
            added++;
        field->value = value_from_text(words[1].bytes, words[1].length);
        server.changes++;
    }
    reply_integer(client, added);
}

void command_hget(struct client *client)
{
    int answered;
    struct dict *hash = find_hash(client, database_read(&client->words[1]), &answered);
    const struct entry *field;

    if (answered)
        return;
    field = hash != NULL ? dict_find(hash, client->words[2].bytes, client->words[2].length) : NULL;
    if (field != NULL)
        reply_value(client, field->value);
    else
        reply_nothing(client);
}

void command_hdel(struct client *client)
{
    int answered, at;
    struct dict *hash = find_hash(client, database_find(&client->words[1]), &answered);
    long long removed = 0;

    if (answered)
        return;
    for (at = 2; hash != NULL && at < client->word_count; at++)
        removed += dict_remove(hash, client->words[at].bytes, client->words[at].length);
    if (removed != 0 && dict_count(hash) == 0)
        database_remove(&client->words[1]);
    server.changes += (unsigned long)removed;
    reply_integer(client, removed);
}

void command_hlen(struct client *client)
{
    int answered;
    const struct dict *hash = find_hash(client, database_read(&client->words[1]), &answered);

    if (!answered)
        reply_integer(client, hash != NULL ? (long long)dict_count(hash) : 0);
}

static void reply_field(struct dict *dict, struct entry *field, void *data)
{
    struct client *client = data;

    (void)dict;
    reply_text(client, field->key, field->key_length);
    reply_value(client, field->value);
}

void command_hgetall(struct client *client)
{
    int answered;
    struct dict *hash = find_hash(client, database_read(&client->words[1]), &answered);

    if (answered)
        return;
    reply_array(client, hash != NULL ? dict_count(hash) * 2 : 0);
    if (hash != NULL)
        dict_each(hash, reply_field, client);
}
