/* dict.h - a hash table that grows a little with each use, so that no single
 * command waits for all of it. */
#ifndef KVD_DICT_H
#define KVD_DICT_H

#include "value.h"

#include <stddef.h>
#include <stdint.h>

struct entry {
    struct entry *next;
    char *key;
    uint32_t key_length;
    uint32_t hash;
    long long used; /* when it was last read or written */
    struct value *value;
    long long expires; /* milliseconds since 1970; 0 is never */
};

struct table {
    struct entry **slots;
    size_t size; /* a power of two, or 0 */
    size_t used;
};

struct dict {
    struct table tables[2]; /* the second one while the first is moved there */
    long moving; /* the next slot of the first table to move, or -1 */
};

#define DICT_INIT { { { NULL, 0, 0 }, { NULL, 0, 0 } }, -1 }

/* Called for an entry; it may remove that one. */
typedef void dict_visit(struct dict *dict, struct entry *entry, void *data);

struct entry *dict_find(struct dict *dict, const char *key, size_t length);
/* The entry of a key, a new one without a value if there was none. */
struct entry *dict_add(struct dict *dict, const char *key, size_t length);
int dict_remove(struct dict *dict, const char *key, size_t length);
size_t dict_count(const struct dict *dict);
void dict_clear(struct dict *dict);
/* Moves up to so many slots. */
void dict_move(struct dict *dict, size_t slots);
/* Visits the entries of a few slots from a place on; the place to go on from. */
size_t dict_scan(struct dict *dict, size_t place, size_t slots, dict_visit *visit, void *data);
void dict_each(struct dict *dict, dict_visit *visit, void *data);

#endif
