/* value.h - what a key stands for. */
#ifndef KVD_VALUE_H
#define KVD_VALUE_H

#include "list.h"

#include <stddef.h>

enum value_type { VALUE_STRING, VALUE_INTEGER, VALUE_LIST };

struct value {
    enum value_type type;
    union {
        struct {
            char *data;
            size_t length;
        } string;
        long long integer;
        struct list *list;
    } as;
};

/* An integer if the text is one as it would be printed, else a string. */
struct value *value_from_text(const char *text, size_t length);
struct value *value_from_integer(long long integer);
struct value *value_list(void);
void value_free(struct value *value);

/* The text of a string or an integer; `space` has room for an integer's. */
const char *value_text(const struct value *value, char space[32], size_t *length);
/* 0 if it is no integer. */
int value_integer(const struct value *value, long long *integer);
const char *value_type_name(const struct value *value);

/* Reads a whole text as an integer; 0 if it is none. */
int parse_integer(const char *text, size_t length, long long *integer);

#endif
