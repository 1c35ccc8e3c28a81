/* list.h - a list of strings with two ends. */
#ifndef KVD_LIST_H
#define KVD_LIST_H

#include <stddef.h>

struct list_node {
    struct list_node *next;
    struct list_node *previous;
    char *data;
    size_t length;
};

struct list {
    struct list_node *first;
    struct list_node *last;
    size_t count;
};

struct list *list_new(void);
void list_free(struct list *list);
void list_push_first(struct list *list, const char *data, size_t length);
void list_push_last(struct list *list, const char *data, size_t length);
/* Takes a node out; the caller frees it. */
struct list_node *list_unlink(struct list *list, struct list_node *node);
void list_node_free(struct list_node *node);
/* The node at a place, from the end if it is negative; NULL if there is none. */
struct list_node *list_at(const struct list *list, long place);

#endif
