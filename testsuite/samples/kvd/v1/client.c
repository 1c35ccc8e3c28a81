/* client.c - reading, cutting commands out of what was read, writing. */
#include "client.h"

#include "commands.h"
#include "reply.h"
#include "server.h"
#include "value.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENT_READ 16384
#define CLIENT_LONGEST_LINE 65536
#define CLIENT_LONGEST_WORD 67108864

struct client *clients;

static unsigned int last_id;

static struct client *client_new(int fd)
{
    struct client *client = memory_zeros(1, sizeof *client);

    client->fd = fd;
    client->id = ++last_id;
    client->next = clients;
    if (clients != NULL)
        clients->previous = client;
    clients = client;
    return client;
}

struct client *client_offline(void)
{
    return client_new(-1);
}

void client_free(struct client *client)
{
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        clients = client->next;
    if (client->next != NULL)
        client->next->previous = client->previous;
    if (client->watch != NULL)
        loop_unwatch(client->watch);
    if (client->fd >= 0)
        close(client->fd);
    buffer_free(&client->input);
    buffer_free(&client->output);
    free(client);
}

/* Adds a word to the command; 0 if it has too many. */
static int client_add_word(struct client *client, char *bytes, size_t length)
{
    if (client->word_count == CLIENT_WORDS)
        return 0;
    client->words[client->word_count].bytes = bytes;
    client->words[client->word_count].length = length;
    client->word_count++;
    return 1;
}

/* The end of the line at `at`, or NULL if it has not come. */
static char *line_end(char *at, char *end)
{
    return memchr(at, '\n', (size_t)(end - at));
}

/* How many bytes the line before its end has. */
static size_t line_length(const char *at, const char *end)
{
    return (size_t)(end - at) - (end > at && end[-1] == '\r');
}

/* Words between blanks, as a person types them. */
static long cut_line(struct client *client, char *start, char *end)
{
    char *stop = line_end(start, end);
    char *at = start;
    char *last;

    if (stop == NULL)
        return end - start > CLIENT_LONGEST_LINE ? -1 : 0;
    last = start + line_length(start, stop);
    while (at < last) {
        char *word;

        while (at < last && *at == ' ')
            at++;
        word = at;
        while (at < last && *at != ' ')
            at++;
        if (at > word && !client_add_word(client, word, (size_t)(at - word)))
            return -1;
    }
    return stop + 1 - start;
}

/* The number behind a mark such as `*` or `$`; 1, 0 if it has not come, -1 if it is none. */
static int cut_number(char **at, char *end, char mark, long long most, long long *number)
{
    char *stop;

    if (*at == end)
        return 0;
    if (**at != mark)
        return -1;
    stop = line_end(*at, end);
    if (stop == NULL)
        return end - *at > 32 ? -1 : 0;
    if (!parse_integer(*at + 1, line_length(*at + 1, stop), number) || *number < 0
        || *number > most)
        return -1;
    *at = stop + 1;
    return 1;
}

/* `*3\r\n$3\r\nSET\r\n...`, as programs send it. */
static long cut_array(struct client *client, char *start, char *end)
{
    char *at = start;
    long long count, length;
    int status = cut_number(&at, end, '*', CLIENT_WORDS, &count);

    while (status > 0 && count-- > 0) {
        status = cut_number(&at, end, '$', CLIENT_LONGEST_WORD, &length);
        if (status <= 0)
            return status;
        if (end - at < length + 2)
            return 0;
        if (!client_add_word(client, at, (size_t)length))
            return -1;
        at += length + 2;
    }
    return status <= 0 ? status : at - start;
}

/* The next command in the input: how long it is, 0 if it has not come, -1 if it is none. */
static long client_cut(struct client *client)
{
    char *start = buffer_bytes(&client->input);
    char *end = start + buffer_length(&client->input);

    client->word_count = 0;
    if (start == end)
        return 0;
    return *start == '*' ? cut_array(client, start, end) : cut_line(client, start, end);
}

int client_run_input(struct client *client)
{
    long length = 0;

    while (!client->closing && (length = client_cut(client)) > 0) {
        if (client->word_count > 0)
            commands_run(client);
        buffer_take(&client->input, (size_t)length);
    }
    return length >= 0;
}

static void client_read(struct client *client)
{
    char *room = buffer_reserve(&client->input, CLIENT_READ);
    ssize_t count = read(client->fd, room, CLIENT_READ);

    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0) {
        client_free(client);
        return;
    }
    client->input.end += (size_t)count;
    if (!client_run_input(client)) {
        reply_error(client, "protocol error");
        client->closing = 1;
    }
}

/* Writes what can be written; 0 if the client is gone. */
static int client_write(struct client *client)
{
    while (buffer_length(&client->output) > 0) {
        ssize_t count = write(client->fd, buffer_bytes(&client->output),
                              buffer_length(&client->output));

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            break;
        if (count < 0) {
            client_free(client);
            return 0;
        }
        buffer_take(&client->output, (size_t)count);
    }
    if (buffer_length(&client->output) > 0) {
        loop_change(client->watch, LOOP_READ | LOOP_WRITE);
        return 1;
    }
    if (client->closing) {
        client_free(client);
        return 0;
    }
    loop_change(client->watch, LOOP_READ);
    return 1;
}

static void client_ready(void *data, unsigned int events)
{
    struct client *client = data;

    if ((events & LOOP_WRITE) && !client_write(client))
        return;
    if (events & LOOP_READ)
        client_read(client);
}

void client_accept(void *data, unsigned int events)
{
    int listener = *(const int *)data;
    int fd = accept(listener, NULL, NULL);
    int one = 1;
    struct client *client;

    (void)events;
    if (fd < 0)
        return;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    client = client_new(fd);
    client->watch = loop_watch(fd, LOOP_READ, client_ready, client);
    server.connections++;
    if (client->watch == NULL)
        client_free(client);
}

void clients_flush(void)
{
    struct client *client = clients;

    while (client != NULL) {
        struct client *next = client->next;

        if (client->fd >= 0 && (buffer_length(&client->output) > 0 || client->closing))
            client_write(client);
        client = next;
    }
}

void clients_close(void)
{
    while (clients != NULL)
        client_free(clients);
}

unsigned int clients_count(void)
{
    const struct client *client;
    unsigned int count = 0;

    for (client = clients; client != NULL; client = client->next)
        count += client->fd >= 0;
    return count;
}
