/* reply.c - the protocol's words for results. */
#include "reply.h"

#include <stdio.h>
#include <string.h>

static void reply_line(struct client *client, char mark, const char *text, size_t length)
{
    char *room = buffer_reserve(&client->output, length + 3);

    room[0] = mark;
    memcpy(room + 1, text, length);
    room[length + 1] = '\r';
    room[length + 2] = '\n';
    client->output.end += length + 3;
}

static void reply_number(struct client *client, char mark, long long number)
{
    char text[24];
    char *at = text + sizeof text;
    unsigned long long rest = number < 0 ? 0 - (unsigned long long)number
                                         : (unsigned long long)number;

    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0)
        *--at = '-';
    reply_line(client, mark, at, (size_t)(text + sizeof text - at));
}

void reply_status(struct client *client, const char *text)
{
    reply_line(client, '+', text, strlen(text));
}

void reply_error(struct client *client, const char *text)
{
    buffer_add_format(&client->output, "-ERR %s\r\n", text);
}

void reply_integer(struct client *client, long long integer)
{
    reply_number(client, ':', integer);
}

void reply_text(struct client *client, const char *text, size_t length)
{
    reply_number(client, '$', (long long)length);
    buffer_add(&client->output, text, length);
    buffer_add(&client->output, "\r\n", 2);
}

void reply_value(struct client *client, const struct value *value)
{
    char space[32];
    size_t length;
    const char *text = value_text(value, space, &length);

    reply_text(client, text, length);
}

void reply_nothing(struct client *client)
{
    buffer_add(&client->output, "$-1\r\n", 5);
}

void reply_array(struct client *client, size_t count)
{
    reply_number(client, '*', (long long)count);
}
