/* str.h - growable byte strings, always terminated by a NUL. */
#ifndef FTPD_STR_H
#define FTPD_STR_H

#include <stddef.h>

struct str {
    char *data; /* NULL while nothing was ever stored */
    size_t len; /* without the terminator */
    size_t cap;
};

#define STR_INIT { NULL, 0, 0 }

void str_init(struct str *s);
void str_free(struct str *s);
void str_clear(struct str *s);
const char *str_cstr(const struct str *s);
int str_isempty(const struct str *s);

void str_set(struct str *s, const char *text);
void str_set_bytes(struct str *s, const char *bytes, size_t len);
void str_copy(struct str *dst, const struct str *src);
void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const char *bytes, size_t len);
void str_add_char(struct str *s, char c);
void str_add_padded(struct str *s, const char *text, size_t width);
void str_add_number(struct str *s, long long number, size_t width);
void str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

void str_cut_front(struct str *s, size_t count);
void str_trim(struct str *s);
void str_upper(struct str *s);
int str_equal(const struct str *s, const char *text);
int str_equal_nocase(const struct str *s, const char *text);
int str_split(struct str *s, char separator, struct str *rest);
long str_find(const struct str *s, char c);
void str_replace_unprintable(struct str *s, char replacement);
int str_to_uint(const char *text, unsigned int base, unsigned int *value);
int str_to_offset(const char *text, long long *value);

#endif
