/* commands.h - the table of commands. */
#ifndef KVD_COMMANDS_H
#define KVD_COMMANDS_H

#include "client.h"

#define COMMAND_READS 1u
#define COMMAND_WRITES 2u
#define COMMAND_ENDS 4u /* may say when a key ends */
#define COMMAND_ONLY_ENDS 8u /* and does nothing else */

struct command {
    const char *name;
    void (*run)(struct client *client);
    int words; /* with its name; at least so many if it is negative */
    unsigned int flags;
};

/* Runs the command that a client's words are. */
void commands_run(struct client *client);
size_t commands_count(void);

/* cmd_keys.c */
void command_del(struct client *client);
void command_exists(struct client *client);
void command_expire(struct client *client);
void command_pexpireat(struct client *client);
void command_ttl(struct client *client);
void command_pttl(struct client *client);
void command_persist(struct client *client);
void command_rename(struct client *client);
void command_idletime(struct client *client);
void command_type(struct client *client);
void command_keys(struct client *client);
void command_dbsize(struct client *client);
void command_flushall(struct client *client);

/* cmd_strings.c */
void command_get(struct client *client);
void command_set(struct client *client);
void command_incr(struct client *client);
void command_incrby(struct client *client);
void command_decr(struct client *client);
void command_strlen(struct client *client);
void command_mget(struct client *client);
void command_mset(struct client *client);
void command_append(struct client *client);
void command_getset(struct client *client);

/* cmd_lists.c */
void command_lpush(struct client *client);
void command_rpush(struct client *client);
void command_lpop(struct client *client);
void command_rpop(struct client *client);
void command_llen(struct client *client);
void command_lindex(struct client *client);
void command_lrange(struct client *client);

/* cmd_server.c */
void command_ping(struct client *client);
void command_echo(struct client *client);
void command_info(struct client *client);
void command_client(struct client *client);
void command_config(struct client *client);
void command_save(struct client *client);
void command_bgsave(struct client *client);
void command_quit(struct client *client);
void command_shutdown(struct client *client);

#endif
