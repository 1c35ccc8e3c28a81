/* cmd_lists.c - commands for lists. */
#include "commands.h"

#include "database.h"
#include "reply.h"
#include "server.h"

#include <limits.h>

static const char wrong_type[] = "the key holds another kind of value";

/* The list of a key; NULL if there is none, after a reply if it has another value. */
static struct list *find_list(struct client *client, const struct entry *entry, int *answered)
{
    *answered = 0;
    if (entry == NULL)
        return NULL;
    if (entry->value->type != VALUE_LIST) {
        reply_error(client, wrong_type);
        *answered = 1;
        return NULL;
    }
    return entry->value->as.list;
}

static void push(struct client *client, void (*add)(struct list *, const char *, size_t))
{
    struct entry *entry = database_make(&client->words[1]);
    struct list *list;
    int answered, at;

    if (entry->value == NULL)
        entry->value = value_list();
    list = find_list(client, entry, &answered);
    if (list == NULL)
        return;
    for (at = 2; at < client->word_count; at++) {
        add(list, client->words[at].bytes, client->words[at].length);
        server.changes++;
    }
    reply_integer(client, (long long)list->count);
}

void command_lpush(struct client *client)
{
    push(client, list_push_first);
}

void command_rpush(struct client *client)
{
    push(client, list_push_last);
}

static void pop(struct client *client, long place)
{
    int answered;
    struct list *list = find_list(client, database_find(&client->words[1]), &answered);
    struct list_node *node;

    if (list == NULL) {
        if (!answered)
            reply_nothing(client);
        return;
    }
    node = list_unlink(list, list_at(list, place));
    reply_text(client, node->data, node->length);
    list_node_free(node);
    if (list->count == 0)
        database_remove(&client->words[1]);
    server.changes++;
}

void command_lpop(struct client *client)
{
    pop(client, 0);
}

void command_rpop(struct client *client)
{
    pop(client, -1);
}

void command_llen(struct client *client)
{
    int answered;
    const struct list *list = find_list(client, database_read(&client->words[1]), &answered);

    if (!answered)
        reply_integer(client, list != NULL ? (long long)list->count : 0);
}

/* A word as a place in a list; 0 after a reply if it is none. */
static int parse_place(struct client *client, int at, long *place)
{
    long long number;

    if (!parse_integer(client->words[at].bytes, client->words[at].length, &number)
        || number > INT_MAX || number < INT_MIN) {
        reply_error(client, "value is not an integer");
        return 0;
    }
    *place = (long)number;
    return 1;
}

void command_lindex(struct client *client)
{
    int answered;
    const struct list *list = find_list(client, database_read(&client->words[1]), &answered);
    const struct list_node *node;
    long place;

    if (answered || !parse_place(client, 2, &place))
        return;
    node = list != NULL ? list_at(list, place) : NULL;
    if (node == NULL)
        reply_nothing(client);
    else
        reply_text(client, node->data, node->length);
}

void command_lrange(struct client *client)
{
    int answered;
    const struct list *list = find_list(client, database_read(&client->words[1]), &answered);
    const struct list_node *node;
    long count = list != NULL ? (long)list->count : 0;
    long first, last;

    if (answered || !parse_place(client, 2, &first) || !parse_place(client, 3, &last))
        return;
    if (first < 0)
        first = first + count > 0 ? first + count : 0;
    if (last < 0)
        last += count;
    if (last >= count)
        last = count - 1;
    if (first > last) {
        reply_array(client, 0);
        return;
    }
    reply_array(client, (size_t)(last - first + 1));
    for (node = list_at(list, first); first <= last; node = node->next, first++)
        reply_text(client, node->data, node->length);
}
