/* commands.c - finding a command by its name. */
#include "commands.h"

#include "database.h"
#include "journal.h"
#include "reply.h"
#include "server.h"
#include "stats.h"

#include <stdio.h>
#include <string.h>

#define COMMAND_LONGEST 16

/* In the order of their names. */
static const struct command commands[] = {
    { "append", command_append, 3, COMMAND_WRITES, "strings" },
    { "bgsave", command_bgsave, 1, 0, "server" },
    { "client", command_client, -2, 0, "server" },
    { "commands", command_commands, 2, 0, "server" },
    { "commandstats", command_commandstats, -1, 0, "server" },
    { "config", command_config, -3, 0, "server" },
    { "dbsize", command_dbsize, 1, COMMAND_READS, "keys" },
    { "decr", command_decr, 2, COMMAND_WRITES, "strings" },
    { "del", command_del, -2, COMMAND_WRITES, "keys" },
    { "echo", command_echo, 2, 0, "server" },
    { "exists", command_exists, -2, COMMAND_READS, "keys" },
    { "expire", command_expire, 3, COMMAND_WRITES | COMMAND_ENDS | COMMAND_ONLY_ENDS, "keys" },
    { "flushall", command_flushall, 1, COMMAND_WRITES, "keys" },
    { "get", command_get, 2, COMMAND_READS, "strings" },
    { "getset", command_getset, 3, COMMAND_WRITES, "strings" },
    { "hdel", command_hdel, -3, COMMAND_WRITES, "hashes" },
    { "hget", command_hget, 3, COMMAND_READS, "hashes" },
    { "hgetall", command_hgetall, 2, COMMAND_READS, "hashes" },
    { "hlen", command_hlen, 2, COMMAND_READS, "hashes" },
    { "hset", command_hset, -4, COMMAND_WRITES, "hashes" },
    { "idletime", command_idletime, 2, COMMAND_READS, "keys" },
    { "incr", command_incr, 2, COMMAND_WRITES, "strings" },
    { "incrby", command_incrby, 3, COMMAND_WRITES, "strings" },
    { "info", command_info, 1, 0, "server" },
    { "keys", command_keys, 2, COMMAND_READS, "keys" },
    { "lindex", command_lindex, 3, COMMAND_READS, "lists" },
    { "llen", command_llen, 2, COMMAND_READS, "lists" },
    { "lpop", command_lpop, 2, COMMAND_WRITES, "lists" },
    { "lpush", command_lpush, -3, COMMAND_WRITES, "lists" },
    { "lrange", command_lrange, 4, COMMAND_READS, "lists" },
    { "lset", command_lset, 4, COMMAND_WRITES, "lists" },
    { "ltrim", command_ltrim, 4, COMMAND_WRITES, "lists" },
    { "mget", command_mget, -2, COMMAND_READS, "strings" },
    { "mset", command_mset, -3, COMMAND_WRITES, "strings" },
    { "persist", command_persist, 2, COMMAND_WRITES, "keys" },
    { "pexpireat", command_pexpireat, 3, COMMAND_WRITES | COMMAND_ENDS | COMMAND_ONLY_ENDS, "keys" },
    { "ping", command_ping, -1, 0, "server" },
    { "pttl", command_pttl, 2, COMMAND_READS, "keys" },
    { "quit", command_quit, 1, 0, "server" },
    { "rename", command_rename, 3, COMMAND_WRITES, "keys" },
    { "rpop", command_rpop, 2, COMMAND_WRITES, "lists" },
    { "rpush", command_rpush, -3, COMMAND_WRITES, "lists" },
    { "save", command_save, 1, 0, "server" },
    { "scan", command_scan, 2, COMMAND_READS, "keys" },
    { "set", command_set, -3, COMMAND_WRITES | COMMAND_ENDS, "strings" },
    { "shutdown", command_shutdown, 1, 0, "server" },
    { "strlen", command_strlen, 2, COMMAND_READS, "strings" },
    { "ttl", command_ttl, 2, COMMAND_READS, "keys" },
    { "type", command_type, 2, COMMAND_READS, "keys" },
};

size_t commands_count(void)
{
    return sizeof commands / sizeof commands[0];
}

const char *commands_name(size_t row)
{
    return commands[row].name;
}

/* COMMANDS group */
void command_commands(struct client *client)
{
    struct buffer text = BUFFER_INIT;
    size_t row;

    for (row = 0; row < commands_count(); row++) {
        if (word_is(&client->words[1], commands[row].group))
            buffer_add_format(&text, "%s ", commands[row].name);
    }
    reply_text(client, buffer_length(&text) != 0 ? buffer_bytes(&text) : "",
               buffer_length(&text));
    buffer_free(&text);
}

/* The word in small letters; 0 if it is too long for a command. */
static int command_name(const struct word *word, char name[COMMAND_LONGEST])
{
    size_t at;

    if (word->length >= COMMAND_LONGEST)
        return 0;
    for (at = 0; at < word->length; at++) {
        char letter = word->bytes[at];

        name[at] = (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    }
    name[at] = '\0';
    return 1;
}

static const struct command *command_find(const struct word *word)
{
    char name[COMMAND_LONGEST];
    size_t low = 0, high = commands_count();

    if (!command_name(word, name))
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, commands[middle].name);

        if (order == 0)
            return &commands[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static int words_fit(const struct command *command, int count)
{
    return command->words < 0 ? count >= -command->words : count == command->words;
}

void commands_run(struct client *client)
{
    const struct command *command = command_find(&client->words[0]);
    char text[96];
    unsigned long changes, start;

    server.commands++;
    client->commands++;
    if (command == NULL) {
        snprintf(text, sizeof text, "unknown command '%.*s'",
                 client->words[0].length < 64 ? (int)client->words[0].length : 64,
                 client->words[0].bytes);
        reply_error(client, text);
        return;
    }
    if (!words_fit(command, client->word_count)) {
        snprintf(text, sizeof text, "wrong number of arguments for '%s'", command->name);
        reply_error(client, text);
        return;
    }
    changes = server.changes;
    start = stats_clock();
    command->run(client);
    stats_add((size_t)(command - commands), stats_clock() - start);
    if (server.changes != changes) {
        journal_add(client, command->flags);
        database_evict();
    }
}
