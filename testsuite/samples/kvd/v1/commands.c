/* commands.c - finding a command by its name. */
#include "commands.h"

#include "journal.h"
#include "reply.h"
#include "server.h"

#include <stdio.h>
#include <string.h>

#define COMMAND_LONGEST 16

/* In the order of their names. */
static const struct command commands[] = {
    { "bgsave", command_bgsave, 1, 0 },
    { "dbsize", command_dbsize, 1, COMMAND_READS },
    { "decr", command_decr, 2, COMMAND_WRITES },
    { "del", command_del, -2, COMMAND_WRITES },
    { "echo", command_echo, 2, 0 },
    { "exists", command_exists, -2, COMMAND_READS },
    { "expire", command_expire, 3, COMMAND_WRITES | COMMAND_ENDS | COMMAND_ONLY_ENDS },
    { "flushall", command_flushall, 1, COMMAND_WRITES },
    { "get", command_get, 2, COMMAND_READS },
    { "incr", command_incr, 2, COMMAND_WRITES },
    { "incrby", command_incrby, 3, COMMAND_WRITES },
    { "info", command_info, 1, 0 },
    { "keys", command_keys, 2, COMMAND_READS },
    { "lindex", command_lindex, 3, COMMAND_READS },
    { "llen", command_llen, 2, COMMAND_READS },
    { "lpop", command_lpop, 2, COMMAND_WRITES },
    { "lpush", command_lpush, -3, COMMAND_WRITES },
    { "lrange", command_lrange, 4, COMMAND_READS },
    { "mget", command_mget, -2, COMMAND_READS },
    { "mset", command_mset, -3, COMMAND_WRITES },
    { "pexpireat", command_pexpireat, 3, COMMAND_WRITES | COMMAND_ENDS | COMMAND_ONLY_ENDS },
    { "ping", command_ping, -1, 0 },
    { "quit", command_quit, 1, 0 },
    { "rpop", command_rpop, 2, COMMAND_WRITES },
    { "rpush", command_rpush, -3, COMMAND_WRITES },
    { "save", command_save, 1, 0 },
    { "set", command_set, -3, COMMAND_WRITES | COMMAND_ENDS },
    { "shutdown", command_shutdown, 1, 0 },
    { "strlen", command_strlen, 2, COMMAND_READS },
    { "ttl", command_ttl, 2, COMMAND_READS },
    { "type", command_type, 2, COMMAND_READS },
};

size_t commands_count(void)
{
    return sizeof commands / sizeof commands[0];
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
    unsigned long changes;

    server.commands++;
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
    command->run(client);
    if (server.changes != changes)
        journal_add(client, command->flags);
}
