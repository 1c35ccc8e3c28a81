/* reply.h - what a client is told. */
#ifndef KVD_REPLY_H
#define KVD_REPLY_H

#include "client.h"
#include "value.h"

void reply_status(struct client *client, const char *text);
void reply_error(struct client *client, const char *text);
void reply_integer(struct client *client, long long integer);
void reply_text(struct client *client, const char *text, size_t length);
void reply_value(struct client *client, const struct value *value);
void reply_nothing(struct client *client);
/* So many replies follow that are one. */
void reply_array(struct client *client, size_t count);

#endif
