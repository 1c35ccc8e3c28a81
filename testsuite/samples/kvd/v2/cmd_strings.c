/* cmd_strings.c - commands for texts and numbers. */
#include "commands.h"

#include "database.h"
#include "reply.h"
#include "server.h"

#include <limits.h>

static const char wrong_type[] = "the key holds another kind of value";

void command_get(struct client *client)
{
    const struct entry *entry = database_read(&client->words[1]);

    if (entry == NULL)
        reply_nothing(client);
    else if (entry->value->type == VALUE_LIST)
        reply_error(client, wrong_type);
    else
        reply_value(client, entry->value);
}

/* SET key value [EX seconds] [NX] */
void command_set(struct client *client)
{
    const struct word *words = client->words;
    long long seconds = 0;
    int only_new = 0;
    int at;

    for (at = 3; at < client->word_count; at++) {
        if (word_is(&words[at], "nx")) {
            only_new = 1;
        } else if (word_is(&words[at], "ex") && at + 1 < client->word_count
                   && parse_integer(words[at + 1].bytes, words[at + 1].length, &seconds)
                   && seconds > 0) {
            at++;
        } else {
            reply_error(client, "syntax error");
            return;
        }
    }
    if (only_new && database_find(&words[1]) != NULL) {
        reply_nothing(client);
        return;
    }
    database_set(&words[1], value_from_text(words[2].bytes, words[2].length));
    if (seconds != 0)
        database_find(&words[1])->expires = loop.now + seconds * 1000;
    server.changes++;
    reply_status(client, "OK");
}

static void add_to_value(struct client *client, long long step)
{
    struct entry *entry = database_make(&client->words[1]);

    if (entry->value == NULL)
        entry->value = value_from_integer(0);
    if (entry->value->type != VALUE_INTEGER) {
        reply_error(client, "value is not an integer");
        return;
    }
    if (step > 0 ? entry->value->as.integer > LLONG_MAX - step
                 : entry->value->as.integer < LLONG_MIN - step) {
        reply_error(client, "the result would be too large");
        return;
    }
    entry->value->as.integer += step;
    server.changes++;
    reply_integer(client, entry->value->as.integer);
}

void command_incr(struct client *client)
{
    add_to_value(client, 1);
}

void command_decr(struct client *client)
{
    add_to_value(client, -1);
}

void command_incrby(struct client *client)
{
    long long step;

    if (!parse_integer(client->words[2].bytes, client->words[2].length, &step))
        reply_error(client, "value is not an integer");
    else
        add_to_value(client, step);
}

void command_strlen(struct client *client)
{
    const struct entry *entry = database_read(&client->words[1]);
    char space[32];
    size_t length = 0;

    if (entry != NULL && entry->value->type == VALUE_LIST) {
        reply_error(client, wrong_type);
        return;
    }
    if (entry != NULL)
        value_text(entry->value, space, &length);
    reply_integer(client, (long long)length);
}

void command_append(struct client *client)
{
    struct entry *entry = database_make(&client->words[1]);
    const struct word *more = &client->words[2];
    struct buffer text = BUFFER_INIT;
    char space[32];
    size_t length;

    if (entry->value != NULL && entry->value->type == VALUE_LIST) {
        reply_error(client, wrong_type);
        return;
    }
    if (entry->value != NULL) {
        const char *old = value_text(entry->value, space, &length);

        buffer_add(&text, old, length);
        value_free(entry->value);
    }
    buffer_add(&text, more->bytes, more->length);
    entry->value = value_from_text(buffer_bytes(&text), buffer_length(&text));
    reply_integer(client, (long long)buffer_length(&text));
    buffer_free(&text);
    server.changes++;
}

void command_getset(struct client *client)
{
    const struct entry *entry = database_read(&client->words[1]);

    if (entry != NULL && entry->value->type == VALUE_LIST) {
        reply_error(client, wrong_type);
        return;
    }
    if (entry != NULL)
        reply_value(client, entry->value);
    else
        reply_nothing(client);
    database_set(&client->words[1],
                 value_from_text(client->words[2].bytes, client->words[2].length));
    server.changes++;
}

void command_mget(struct client *client)
{
    int at;

    reply_array(client, (size_t)client->word_count - 1);
    for (at = 1; at < client->word_count; at++) {
        const struct entry *entry = database_read(&client->words[at]);

        if (entry == NULL || entry->value->type == VALUE_LIST)
            reply_nothing(client);
        else
            reply_value(client, entry->value);
    }
}

void command_mset(struct client *client)
{
    int at;

    if (client->word_count % 2 == 0) {
        reply_error(client, "wrong number of arguments for 'mset'");
        return;
    }
    for (at = 1; at < client->word_count; at += 2) {
        const struct word *word = &client->words[at + 1];

        database_set(&client->words[at], value_from_text(word->bytes, word->length));
        server.changes++;
    }
    reply_status(client, "OK");
}
