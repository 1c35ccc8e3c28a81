/* database.c - looking keys up, and letting them end. */
#include "database.h"

#include "loop.h"

#define DATABASE_SLOTS 512
#define DATABASE_MOVES 512

struct database database = { DICT_INIT, 0, 0, 0, 0 };

static int has_ended(const struct entry *entry)
{
    return entry->expires != 0 && entry->expires <= loop.now;
}

struct entry *database_find(const struct word *key)
{
    struct entry *entry = dict_find(&database.keys, key->bytes, key->length);

    if (entry == NULL)
        return NULL;
    if (!has_ended(entry)) {
        entry->used = loop.now;
        return entry;
    }
    dict_remove(&database.keys, key->bytes, key->length);
    database.expired++;
    return NULL;
}

struct entry *database_read(const struct word *key)
{
    struct entry *entry = database_find(key);

    if (entry != NULL)
        database.hits++;
    else
        database.misses++;
    return entry;
}

struct entry *database_make(const struct word *key)
{
    struct entry *entry = database_find(key);

    if (entry == NULL) {
        entry = dict_add(&database.keys, key->bytes, key->length);
        entry->used = loop.now;
    }
    return entry;
}

void database_set(const struct word *key, struct value *value)
{
    struct entry *entry = dict_add(&database.keys, key->bytes, key->length);

    if (entry->value != NULL)
        value_free(entry->value);
    entry->value = value;
    entry->expires = 0;
    entry->used = loop.now;
}

struct entry *database_look(const struct word *key)
{
    struct entry *entry = dict_find(&database.keys, key->bytes, key->length);

    return entry != NULL && !has_ended(entry) ? entry : NULL;
}

int database_remove(const struct word *key)
{
    if (database_find(key) == NULL)
        return 0;
    return dict_remove(&database.keys, key->bytes, key->length);
}

static void remove_if_ended(struct dict *dict, struct entry *entry, void *data)
{
    (void)data;
    if (has_ended(entry)) {
        dict_remove(dict, entry->key, entry->key_length);
        database.expired++;
    }
}

void database_expire_some(void *data)
{
    (void)data;
    database.scan = dict_scan(&database.keys, database.scan, DATABASE_SLOTS, remove_if_ended, NULL);
    dict_move(&database.keys, DATABASE_MOVES);
}
