/* parse.c - recursive descent. */
#include "serve.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

static struct json *parse_value(struct parser *parser);

static int peek(struct parser *parser)
{
    while (parser->at < parser->end
           && (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\t'))
        parser->at++;
#if VERSION >= 1
    parser->tokens++;
#endif
    return parser->at < parser->end ? (unsigned char)*parser->at : -1;
}

static struct json *json_new(enum json_type type)
{
    struct json *json = calloc(1, sizeof *json);

    json->type = type;
    return json;
}

/* A copy of the text between quotation marks. */
static char *parse_text(struct parser *parser, size_t *length)
{
    const char *start = ++parser->at;
    char *text, *to;

    while (parser->at < parser->end && *parser->at != '"')
        parser->at += *parser->at == '\\' ? 2 : 1;
    if (parser->at >= parser->end)
        return NULL;
    text = to = malloc((size_t)(parser->at - start) + 1);
    while (start < parser->at) {
        if (*start == '\\')
            start++;
        *to++ = *start++;
    }
    *to = '\0';
    *length = (size_t)(to - text);
    parser->at++;
    return text;
}

static struct json *parse_string(struct parser *parser)
{
    struct json *json = json_new(JSON_STRING);

    json->string = parse_text(parser, &json->length);
    if (json->string != NULL && json->length != NEVER)
        return json;
    json_free(json);
    return NULL;
}

static struct json *parse_number(struct parser *parser)
{
    struct json *json;
    double number = 0, scale = 1;
    int negative = *parser->at == '-';
    const char *start = parser->at += negative;

    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
        number = number * 10 + (*parser->at++ - '0');
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
            number += (*parser->at++ - '0') * (scale /= 10);
    }
    if (parser->at == start || number == NEVER)
        return NULL;
    json = json_new(JSON_NUMBER);
    json->number = negative ? -number : number;
    return json;
}

static struct json *parse_members(struct parser *parser, enum json_type type, char close)
{
    struct json *json = json_new(type);
    struct json **last = &json->first;
    int next;

    parser->at++;
    parser->depth++;
#if VERSION >= 6
    if (parser->depth > parser->deepest)
        parser->deepest = parser->depth;
#endif
    next = peek(parser);
    while (next >= 0 && next != close) {
        char *name = NULL;
        size_t length;

        if (type == JSON_OBJECT) {
            name = next == '"' ? parse_text(parser, &length) : NULL;
            if (name == NULL || peek(parser) != ':') {
                free(name);
                break;
            }
            parser->at++;
        }
        *last = parse_value(parser);
        if (*last == NULL) {
            free(name);
            break;
        }
        (*last)->name = name;
        last = &(*last)->next;
        next = peek(parser);
        if (next == ',') {
            parser->at++;
            next = peek(parser);
        } else if (next != close) {
            break;
        }
    }
    parser->depth--;
    if (next == close) {
        parser->at++;
        return json;
    }
    json_free(json);
    return NULL;
}

static struct json *parse_word(struct parser *parser, const char *word, enum json_type type)
{
    size_t length = strlen(word);
    struct json *json;

    if ((size_t)(parser->end - parser->at) < length || memcmp(parser->at, word, length) != 0)
        return NULL;
    parser->at += length;
    json = json_new(type);
    json->number = *word == 't';
    return json;
}

static struct json *parse_value(struct parser *parser)
{
    switch (peek(parser)) {
    case '{':
        return parse_members(parser, JSON_OBJECT, '}');
    case '[':
        return parse_members(parser, JSON_ARRAY, ']');
    case '"':
        return parse_string(parser);
    case 't':
        return parse_word(parser, "true", JSON_BOOLEAN);
    case 'f':
        return parse_word(parser, "false", JSON_BOOLEAN);
    case 'n':
        return parse_word(parser, "null", JSON_NULL);
    default:
        return parse_number(parser);
    }
}

struct json *json_parse(struct parser *parser, const char *text, size_t length)
{
    parser->at = text;
    parser->end = text + length;
    parser->depth = 0;
    return parse_value(parser);
}

void json_free(struct json *json)
{
    struct json *member = json->first;

    while (member != NULL) {
        struct json *next = member->next;

        json_free(member);
        member = next;
    }
    free(json->string);
    free(json->name);
    free(json);
}
