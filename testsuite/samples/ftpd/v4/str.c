/* str.c - growable byte strings. */
#include "str.h"

#include "sysutil.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define STR_FIRST_CAPACITY 32

/* Room for `extra` more bytes and the terminator. */
static void str_reserve(struct str *s, size_t extra)
{
    size_t need = s->len + extra + 1;
    size_t cap = s->cap ? s->cap : STR_FIRST_CAPACITY;

    if (need <= s->cap)
        return;
    while (cap < need)
        cap *= 2;
    s->data = sys_realloc(s->data, cap);
    s->cap = cap;
}

void str_init(struct str *s)
{
    s->data = NULL;
    s->len = 0;
    s->cap = 0;
}

void str_free(struct str *s)
{
    sys_free(s->data);
    str_init(s);
}

void str_clear(struct str *s)
{
    s->len = 0;
    if (s->data != NULL)
        s->data[0] = '\0';
}

const char *str_cstr(const struct str *s)
{
    return s->data != NULL ? s->data : "";
}

int str_isempty(const struct str *s)
{
    return s->len == 0;
}

void str_set(struct str *s, const char *text)
{
    str_set_bytes(s, text, strlen(text));
}

void str_set_bytes(struct str *s, const char *bytes, size_t len)
{
    str_clear(s);
    str_add_bytes(s, bytes, len);
}

void str_copy(struct str *dst, const struct str *src)
{
    str_set_bytes(dst, str_cstr(src), src->len);
}

void str_add(struct str *s, const char *text)
{
    str_add_bytes(s, text, strlen(text));
}

void str_add_bytes(struct str *s, const char *bytes, size_t len)
{
    str_reserve(s, len);
    memcpy(s->data + s->len, bytes, len);
    s->len += len;
    s->data[s->len] = '\0';
}

void str_add_char(struct str *s, char c)
{
    str_add_bytes(s, &c, 1);
}

/* Text on the left of a column; a longer text is kept whole. */
void str_add_padded(struct str *s, const char *text, size_t width)
{
    size_t len = strlen(text);

    str_add(s, text);
    for (; len < width; len++)
        str_add_char(s, ' ');
}

/* A number on the right of a column. */
void str_add_number(struct str *s, long long number, size_t width)
{
    char digits[24];
    size_t len;

    snprintf(digits, sizeof(digits), "%lld", number);
    for (len = strlen(digits); len < width; len++)
        str_add_char(s, ' ');
    str_add(s, digits);
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        sys_die("str_addf: bad format");
    str_reserve(s, (size_t)len);
    va_start(args, format);
    vsnprintf(s->data + s->len, (size_t)len + 1, format, args);
    va_end(args);
    s->len += (size_t)len;
}

void str_cut_front(struct str *s, size_t count)
{
    if (count > s->len)
        count = s->len;
    if (count == 0)
        return;
    memmove(s->data, s->data + count, s->len - count + 1);
    s->len -= count;
}

/* Removes blanks at both ends. */
void str_trim(struct str *s)
{
    size_t front = 0;

    while (s->len > 0 && isspace((unsigned char)s->data[s->len - 1]))
        s->len--;
    if (s->data != NULL)
        s->data[s->len] = '\0';
    while (front < s->len && isspace((unsigned char)s->data[front]))
        front++;
    str_cut_front(s, front);
}

void str_upper(struct str *s)
{
    size_t i;

    for (i = 0; i < s->len; i++)
        s->data[i] = (char)toupper((unsigned char)s->data[i]);
}

int str_equal(const struct str *s, const char *text)
{
    return strcmp(str_cstr(s), text) == 0;
}

int str_equal_nocase(const struct str *s, const char *text)
{
    return strcasecmp(str_cstr(s), text) == 0;
}

/* Cuts `s` at the first separator; what follows it goes to `rest`. Says whether there was one. */
int str_split(struct str *s, char separator, struct str *rest)
{
    long at = str_find(s, separator);

    if (at < 0) {
        str_clear(rest);
        return 0;
    }
    str_set_bytes(rest, s->data + at + 1, s->len - (size_t)at - 1);
    s->len = (size_t)at;
    s->data[s->len] = '\0';
    return 1;
}

long str_find(const struct str *s, char c)
{
    const char *found = s->len > 0 ? memchr(s->data, c, s->len) : NULL;

    return found != NULL ? (long)(found - s->data) : -1;
}

/* For text that goes to a log: a client must not be able to forge lines. */
void str_replace_unprintable(struct str *s, char replacement)
{
    size_t i;

    for (i = 0; i < s->len; i++) {
        if (iscntrl((unsigned char)s->data[i]))
            s->data[i] = replacement;
    }
}

/* Digits only, no sign, no blanks; returns 0 where the text is no such number. */
int str_to_uint(const char *text, unsigned int base, unsigned int *value)
{
    unsigned long long total = 0;
    const char *at;

    if (*text == '\0')
        return 0;
    for (at = text; *at != '\0'; at++) {
        unsigned int digit = (unsigned int)(*at - '0');

        if (*at < '0' || digit >= base)
            return 0;
        total = total * base + digit;
        if (total > 0xffffffffULL)
            return 0;
    }
    *value = (unsigned int)total;
    return 1;
}

int str_to_offset(const char *text, long long *value)
{
    long long total = 0;

    if (*text == '\0')
        return 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || total > 900000000000000000LL)
            return 0;
        total = total * 10 + (*text - '0');
    }
    *value = total;
    return 1;
}
