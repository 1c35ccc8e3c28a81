/* list.c - a doubly linked list. */
#include "list.h"

#include "buffer.h"

#include <stdlib.h>

struct list *list_new(void)
{
    struct list *list = memory_get(sizeof *list);

    list->first = NULL;
    list->last = NULL;
    list->count = 0;
    return list;
}

void list_node_free(struct list_node *node)
{
    free(node->data);
    free(node);
}

void list_free(struct list *list)
{
    struct list_node *node = list->first;

    while (node != NULL) {
        struct list_node *next = node->next;

        list_node_free(node);
        node = next;
    }
    free(list);
}

static struct list_node *list_node_new(const char *data, size_t length)
{
    struct list_node *node = memory_get(sizeof *node);

    node->next = NULL;
    node->previous = NULL;
    node->data = memory_copy(data, length);
    node->length = length;
    return node;
}

void list_push_first(struct list *list, const char *data, size_t length)
{
    struct list_node *node = list_node_new(data, length);

    node->next = list->first;
    if (list->first != NULL)
        list->first->previous = node;
    else
        list->last = node;
    list->first = node;
    list->count++;
}

void list_push_last(struct list *list, const char *data, size_t length)
{
    struct list_node *node = list_node_new(data, length);

    node->previous = list->last;
    if (list->last != NULL)
        list->last->next = node;
    else
        list->first = node;
    list->last = node;
    list->count++;
}

struct list_node *list_unlink(struct list *list, struct list_node *node)
{
    if (node->previous != NULL)
        node->previous->next = node->next;
    else
        list->first = node->next;
    if (node->next != NULL)
        node->next->previous = node->previous;
    else
        list->last = node->previous;
    list->count--;
    return node;
}

struct list_node *list_at(const struct list *list, long place)
{
    struct list_node *node;

    if (place >= (long)list->count || place < -(long)list->count)
        return NULL;
    if (place >= (long)list->count / 2)
        place -= (long)list->count;
    if (place < 0) {
        for (node = list->last; node != NULL && ++place < 0;)
            node = node->previous;
    } else {
        for (node = list->first; node != NULL && place-- > 0;)
            node = node->next;
    }
    return node;
}
