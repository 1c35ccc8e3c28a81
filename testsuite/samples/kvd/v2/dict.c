/* dict.c - chained hashing over two tables. */
#include "dict.h"

#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_SMALLEST 16

static uint32_t hash_of(const char *key, size_t length)
{
    uint32_t hash = 2166136261u;
    size_t at;

    for (at = 0; at < length; at++) {
        hash ^= (unsigned char)key[at];
        hash *= 16777619u;
    }
    return hash ^ (hash >> 15);
}

static void table_make(struct table *table, size_t size)
{
    table->slots = memory_zeros(size, sizeof *table->slots);
    table->size = size;
    table->used = 0;
}

static void table_drop(struct table *table)
{
    free(table->slots);
    table->slots = NULL;
    table->size = 0;
    table->used = 0;
}

static void entry_free(struct entry *entry)
{
    if (entry->value != NULL)
        value_free(entry->value);
    free(entry->key);
    free(entry);
}

static int entry_is(const struct entry *entry, uint32_t hash, const char *key, size_t length)
{
    return entry->hash == hash && entry->key_length == length
           && memcmp(entry->key, key, length) == 0;
}

void dict_move(struct dict *dict, size_t slots)
{
    struct table *from = &dict->tables[0];
    struct table *to = &dict->tables[1];

    if (dict->moving < 0)
        return;
    while (slots-- > 0 && (size_t)dict->moving < from->size) {
        struct entry *entry = from->slots[dict->moving];

        while (entry != NULL) {
            struct entry *next = entry->next;
            size_t slot = entry->hash & (to->size - 1);

            entry->next = to->slots[slot];
            to->slots[slot] = entry;
            from->used--;
            to->used++;
            entry = next;
        }
        from->slots[dict->moving++] = NULL;
    }
    if ((size_t)dict->moving == from->size) {
        table_drop(from);
        *from = *to;
        to->slots = NULL;
        to->size = 0;
        to->used = 0;
        dict->moving = -1;
    }
}

static void dict_resize(struct dict *dict)
{
    struct table *table = &dict->tables[0];

    if (dict->moving >= 0)
        return;
    if (table->size == 0) {
        table_make(table, TABLE_SMALLEST);
    } else if (table->used >= table->size) {
        table_make(&dict->tables[1], table->size * 2);
        dict->moving = 0;
    } else if (table->size > TABLE_SMALLEST && table->used < table->size / 8) {
        table_make(&dict->tables[1], table->size / 4);
        dict->moving = 0;
    }
}

/* Where the pointer to a key's entry is, and the table it is in. */
static struct entry **find_place(struct dict *dict, uint32_t hash, const char *key, size_t length,
                                 struct table **table)
{
    int index;

    for (index = 0; index < 2; index++) {
        struct entry **place;

        *table = &dict->tables[index];
        if ((*table)->size == 0)
            continue;
        place = &(*table)->slots[hash & ((*table)->size - 1)];
        for (; *place != NULL; place = &(*place)->next) {
            if (entry_is(*place, hash, key, length))
                return place;
        }
    }
    return NULL;
}

struct entry *dict_find(struct dict *dict, const char *key, size_t length)
{
    struct table *table;
    struct entry **place;

    dict_move(dict, 1);
    place = find_place(dict, hash_of(key, length), key, length, &table);
    return place != NULL ? *place : NULL;
}

struct entry *dict_add(struct dict *dict, const char *key, size_t length)
{
    uint32_t hash = hash_of(key, length);
    struct entry **place;
    struct table *table;
    struct entry *entry;

    dict_move(dict, 1);
    place = find_place(dict, hash, key, length, &table);
    if (place != NULL)
        return *place;
    dict_resize(dict);
    table = &dict->tables[dict->moving >= 0];
    entry = memory_get(sizeof *entry);
    entry->key = memory_copy(key, length);
    entry->key_length = (uint32_t)length;
    entry->hash = hash;
    entry->value = NULL;
    entry->used = 0;
    entry->expires = 0;
    place = &table->slots[hash & (table->size - 1)];
    entry->next = *place;
    *place = entry;
    table->used++;
    return entry;
}

int dict_remove(struct dict *dict, const char *key, size_t length)
{
    struct table *table;
    struct entry **place;
    struct entry *entry;

    dict_move(dict, 1);
    place = find_place(dict, hash_of(key, length), key, length, &table);
    if (place == NULL)
        return 0;
    table->used--;
    entry = *place;
    *place = entry->next;
    entry_free(entry);
    dict_resize(dict);
    return 1;
}

size_t dict_count(const struct dict *dict)
{
    return dict->tables[0].used + dict->tables[1].used;
}

static void table_clear(struct table *table)
{
    size_t slot;

    for (slot = 0; slot < table->size; slot++) {
        while (table->slots[slot] != NULL) {
            struct entry *entry = table->slots[slot];

            table->slots[slot] = entry->next;
            entry_free(entry);
        }
    }
    table_drop(table);
}

void dict_clear(struct dict *dict)
{
    table_clear(&dict->tables[0]);
    table_clear(&dict->tables[1]);
    dict->moving = -1;
}

size_t dict_scan(struct dict *dict, size_t place, size_t slots, dict_visit *visit, void *data)
{
    dict_move(dict, 1);
    while (slots-- > 0) {
        size_t first = dict->tables[0].size;
        size_t all = first + dict->tables[1].size;
        struct entry *entry;

        if (place >= all)
            return 0;
        entry = place < first ? dict->tables[0].slots[place]
                              : dict->tables[1].slots[place - first];
        while (entry != NULL) {
            struct entry *next = entry->next;

            visit(dict, entry, data);
            entry = next;
        }
        place++;
    }
    return place;
}

void dict_each(struct dict *dict, dict_visit *visit, void *data)
{
    size_t place = 0;

    dict_move(dict, (size_t)-1);
    do
        place = dict_scan(dict, place, 1, visit, data);
    while (place != 0);
}
