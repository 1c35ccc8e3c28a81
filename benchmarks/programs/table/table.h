/* table.h - a hash table of texts. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

struct node {
    struct node *next;
    unsigned int hash;
#if VERSION >= 1
    unsigned int used;
#endif
    unsigned int length;
    char *key;
    long value;
#if VERSION >= 6
    unsigned int written;
#endif
};

struct table {
    struct node **slots;
    size_t size;
    size_t count;
};

/* The value of a key, made if there is none. */
long *table_at(struct table *table, const char *key, unsigned int length);
const struct node *table_find(struct table *table, const char *key, unsigned int length);
int table_remove(struct table *table, const char *key, unsigned int length);

#endif
