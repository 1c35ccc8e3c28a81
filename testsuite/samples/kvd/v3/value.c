/* value.c - strings, integers and lists. */
#include "value.h"

#include "buffer.h"
#include "dict.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = { "string", "string", "list", "hash" };

int parse_integer(const char *text, size_t length, long long *integer)
{
    unsigned long long sum = 0;
    unsigned long long most = LLONG_MAX;
    size_t at = 0;
    int negative = 0;

    if (length > 0 && text[0] == '-') {
        negative = 1;
        most++;
        at = 1;
    }
    if (at == length || (text[at] == '0' && length > 1))
        return 0;
    for (; at < length; at++) {
        unsigned int digit = (unsigned int)(unsigned char)text[at] - '0';

        if (digit > 9 || sum > (most - digit) / 10)
            return 0;
        sum = sum * 10 + digit;
    }
    *integer = negative ? (long long)(0 - sum) : (long long)sum;
    return 1;
}

static struct value *value_new(enum value_type type)
{
    struct value *value = memory_get(sizeof *value);

    value->type = type;
    value->changes = 0;
    return value;
}

struct value *value_from_integer(long long integer)
{
    struct value *value = value_new(VALUE_INTEGER);

    value->as.integer = integer;
    return value;
}

struct value *value_from_text(const char *text, size_t length)
{
    struct value *value;
    long long integer;

    if (length <= 20 && parse_integer(text, length, &integer))
        return value_from_integer(integer);
    value = value_new(VALUE_STRING);
    value->as.string.data = memory_copy(text, length);
    value->as.string.length = length;
    return value;
}

struct value *value_list(void)
{
    struct value *value = value_new(VALUE_LIST);

    value->as.list = list_new();
    return value;
}

struct value *value_hash(void)
{
    static const struct dict empty = DICT_INIT;
    struct value *value = value_new(VALUE_HASH);

    value->as.hash = memory_get(sizeof empty);
    *value->as.hash = empty;
    return value;
}

int value_is_text(const struct value *value)
{
    return value->type == VALUE_STRING || value->type == VALUE_INTEGER;
}

void value_free(struct value *value)
{
    switch (value->type) {
    case VALUE_STRING:
        free(value->as.string.data);
        break;
    case VALUE_INTEGER:
        break;
    case VALUE_LIST:
        list_free(value->as.list);
        break;
    case VALUE_HASH:
        dict_clear(value->as.hash);
        free(value->as.hash);
        break;
    }
    free(value);
}

const char *value_text(const struct value *value, char space[32], size_t *length)
{
    if (value->type == VALUE_INTEGER) {
        *length = (size_t)snprintf(space, 32, "%lld", value->as.integer);
        return space;
    }
    *length = value->as.string.length;
    return value->as.string.data;
}

int value_integer(const struct value *value, long long *integer)
{
    if (value->type != VALUE_INTEGER)
        return 0;
    *integer = value->as.integer;
    return 1;
}

const char *value_type_name(const struct value *value)
{
    return type_names[value->type];
}
