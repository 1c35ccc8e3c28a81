/* database.h - the keys, with the time when each of them ends. */
#ifndef KVD_DATABASE_H
#define KVD_DATABASE_H

#include "client.h"
#include "dict.h"

struct database {
    struct dict keys;
    size_t scan; /* where the search for ended keys goes on */
    size_t victim; /* where the search for one goes on */
    unsigned long long hits;
    unsigned long long misses;
    unsigned long expired;
    unsigned long evicted;
};

extern struct database database;

/* For commands that read: counts hits and misses. NULL if there is no such key. */
struct entry *database_read(const struct word *key);
/* For commands that change a value. NULL if there is no such key. */
struct entry *database_find(const struct word *key);
/* Without a trace of it. NULL if there is no such key. */
struct entry *database_look(const struct word *key);
/* The entry of a key, without a value if there was none. */
struct entry *database_make(const struct word *key);
void database_set(const struct word *key, struct value *value);
int database_remove(const struct word *key);
/* Removes keys that were not used for long, while there are more than the server may have. */
void database_evict(void);
/* Looks for keys that ended, a few slots at a time. */
void database_expire_some(void *data);

#endif
