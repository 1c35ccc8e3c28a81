/* cmd_server.c - commands for the server itself. */
#include "commands.h"

#include "database.h"
#include "reply.h"
#include "server.h"
#include "snapshot.h"
#include "version.h"

#include <string.h>

void command_ping(struct client *client)
{
    if (client->word_count > 1)
        reply_text(client, client->words[1].bytes, client->words[1].length);
    else
        reply_status(client, "PONG");
}

void command_echo(struct client *client)
{
    reply_text(client, client->words[1].bytes, client->words[1].length);
}

void command_info(struct client *client)
{
    struct buffer text = BUFFER_INIT;

    buffer_add_format(&text, "version:%s\n", KVD_VERSION);
    buffer_add_format(&text, "uptime:%lld\n", (loop.now - server.started) / 1000);
    buffer_add_format(&text, "clients:%u\n", clients_count());
    buffer_add_format(&text, "connections:%u\n", server.connections);
    buffer_add_format(&text, "rejected:%u\n", server.rejected);
    buffer_add_format(&text, "bytes_in:%llu\nbytes_out:%llu\n", server.bytes_in, server.bytes_out);
    buffer_add_format(&text, "commands:%lu\n", server.commands);
    buffer_add_format(&text, "keys:%zu\n", dict_count(&database.keys));
    buffer_add_format(&text, "hits:%lu\nmisses:%lu\n", database.hits, database.misses);
    buffer_add_format(&text, "expired:%lu\n", database.expired);
    buffer_add_format(&text, "changes:%lu\n", server.changes - server.saved_changes);
    reply_text(client, buffer_bytes(&text), buffer_length(&text));
    buffer_free(&text);
}

static void list_clients(struct client *client)
{
    struct buffer text = BUFFER_INIT;
    const struct client *other;

    for (other = clients; other != NULL; other = other->next) {
        buffer_add_format(&text, "id=%u name=%s commands=%lu silent=%lld\n", other->id,
                          other->name[0] != '\0' ? other->name : "-", other->commands,
                          (loop.now - other->last_heard) / 1000);
    }
    reply_text(client, buffer_bytes(&text), buffer_length(&text));
    buffer_free(&text);
}

static void set_name(struct client *client, const struct word *name)
{
    if (name->length >= sizeof client->name) {
        reply_error(client, "the name is too long");
        return;
    }
    memset(client->name, 0, sizeof client->name);
    memcpy(client->name, name->bytes, name->length);
    reply_status(client, "OK");
}

void command_client(struct client *client)
{
    const struct word *what = &client->words[1];

    if (word_is(what, "id"))
        reply_integer(client, client->id);
    else if (word_is(what, "list"))
        list_clients(client);
    else if (word_is(what, "getname"))
        reply_text(client, client->name, strlen(client->name));
    else if (word_is(what, "setname") && client->word_count == 3)
        set_name(client, &client->words[2]);
    else
        reply_error(client, "CLIENT ID, LIST, GETNAME or SETNAME");
}

/* What CONFIG can change; NULL if there is no such setting. */
static unsigned int *setting_of(const struct word *name)
{
    if (word_is(name, "most_clients"))
        return &server.most_clients;
    return word_is(name, "timeout") ? &server.timeout : NULL;
}

void command_config(struct client *client)
{
    unsigned int *setting = setting_of(&client->words[2]);
    long long number;

    if (setting == NULL) {
        reply_error(client, "no such setting");
    } else if (word_is(&client->words[1], "get") && client->word_count == 3) {
        reply_integer(client, *setting);
    } else if (word_is(&client->words[1], "set") && client->word_count == 4
               && parse_integer(client->words[3].bytes, client->words[3].length, &number)
               && number >= 0 && number < 1000000000) {
        *setting = (unsigned int)number;
        reply_status(client, "OK");
    } else {
        reply_error(client, "CONFIG GET name or CONFIG SET name number");
    }
}

void command_save(struct client *client)
{
    if (server.saver != 0)
        reply_error(client, "a snapshot is being written");
    else if (snapshot_write() < 0)
        reply_error(client, "the snapshot cannot be written");
    else
        reply_status(client, "OK");
}

void command_bgsave(struct client *client)
{
    if (server.saver != 0)
        reply_error(client, "a snapshot is being written");
    else if (snapshot_start() < 0)
        reply_error(client, "the snapshot cannot be written");
    else
        reply_status(client, "Background saving started");
}

void command_quit(struct client *client)
{
    reply_status(client, "OK");
    client->closing = 1;
}

void command_shutdown(struct client *client)
{
    client->closing = 1;
    loop_stop();
}
