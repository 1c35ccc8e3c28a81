/* cmd_server.c - commands for the server itself. */
#include "commands.h"

#include "database.h"
#include "reply.h"
#include "server.h"
#include "snapshot.h"
#include "version.h"

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
    buffer_add_format(&text, "commands:%lu\n", server.commands);
    buffer_add_format(&text, "keys:%zu\n", dict_count(&database.keys));
    buffer_add_format(&text, "hits:%lu\nmisses:%lu\n", database.hits, database.misses);
    buffer_add_format(&text, "expired:%lu\n", database.expired);
    buffer_add_format(&text, "changes:%lu\n", server.changes - server.saved_changes);
    reply_text(client, buffer_bytes(&text), buffer_length(&text));
    buffer_free(&text);
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
