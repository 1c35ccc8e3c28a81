/* json.h - a parser that makes a tree. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

enum json_type { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    double number;
    char *string;
    size_t length;
    char *name; /* in an object */
    struct json *first;
    struct json *next;
};

struct parser {
    const char *at;
    const char *end;
#if VERSION >= 1
    unsigned long tokens;
#endif
    int depth;
#if VERSION >= 6
    int deepest;
#endif
};

/* NULL if the text is none. */
struct json *json_parse(struct parser *parser, const char *text, size_t length);
void json_free(struct json *json);

#endif
