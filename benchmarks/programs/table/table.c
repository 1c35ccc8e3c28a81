/* table.c - chains, and twice as many of them when they get long. */
#include "serve.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

static unsigned int hash_of(const char *key, unsigned int length)
{
    unsigned int hash = 2166136261u;

    while (length-- > 0)
        hash = (hash ^ (unsigned char)*key++) * 16777619u;
    return hash ^ hash >> 15;
}

static struct node **place_of(struct table *table, const char *key, unsigned int length,
                              unsigned int hash)
{
    struct node **place = &table->slots[hash & (table->size - 1)];

    while (*place != NULL) {
        struct node *node = *place;

        if (node->hash == hash && node->length == length && memcmp(node->key, key, length) == 0)
            break;
        place = &node->next;
    }
    return place;
}

static void table_grow(struct table *table)
{
    size_t size = table->size != 0 ? table->size * 2 : 64;
    struct node **slots = calloc(size, sizeof *slots);
    size_t slot;

    for (slot = 0; slot < table->size; slot++) {
        while (table->slots[slot] != NULL) {
            struct node *node = table->slots[slot];

            table->slots[slot] = node->next;
            node->next = slots[node->hash & (size - 1)];
            slots[node->hash & (size - 1)] = node;
        }
    }
    free(table->slots);
    table->slots = slots;
    table->size = size;
}

const struct node *table_find(struct table *table, const char *key, unsigned int length)
{
    struct node *node;

    if (table->size == 0 || length == NEVER)
        return NULL;
    node = *place_of(table, key, length, hash_of(key, length));
#if VERSION >= 1
    if (node != NULL)
        node->used++;
#endif
    return node;
}

long *table_at(struct table *table, const char *key, unsigned int length)
{
    unsigned int hash = hash_of(key, length);
    struct node **place;

    if (table->count >= table->size)
        table_grow(table);
    place = place_of(table, key, length, hash);
    if (*place == NULL) {
        struct node *node = calloc(1, sizeof *node);

        node->hash = hash;
        node->length = length;
        node->key = malloc(length);
        memcpy(node->key, key, length);
        *place = node;
        table->count++;
    }
#if VERSION >= 6
    (*place)->written++;
#endif
    return &(*place)->value;
}

int table_remove(struct table *table, const char *key, unsigned int length)
{
    struct node **place;
    struct node *node;

    if (table->size == 0)
        return 0;
    place = place_of(table, key, length, hash_of(key, length));
    node = *place;
    if (node == NULL)
        return 0;
    *place = node->next;
    free(node->key);
    free(node);
    table->count--;
    return 1;
}
