/* buffer.h - bytes that grow at the end and are taken from the front. */
#ifndef KVD_BUFFER_H
#define KVD_BUFFER_H

#include <stddef.h>

struct buffer {
    char *data;
    size_t start; /* what was taken */
    size_t end;
    size_t room;
};

#define BUFFER_INIT { NULL, 0, 0, 0 }

static inline size_t buffer_length(const struct buffer *buffer)
{
    return buffer->end - buffer->start;
}

static inline char *buffer_bytes(struct buffer *buffer)
{
    return buffer->data + buffer->start;
}

/* Room for so many more bytes behind the end; where they go. */
char *buffer_reserve(struct buffer *buffer, size_t more);
void buffer_add(struct buffer *buffer, const void *bytes, size_t count);
void buffer_add_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_take(struct buffer *buffer, size_t count);
void buffer_free(struct buffer *buffer);

/* malloc, calloc and realloc that end the program when there is no memory. */
void *memory_get(size_t size);
void *memory_zeros(size_t count, size_t size);
void *memory_grow(void *old, size_t size);
char *memory_copy(const char *bytes, size_t count);

#endif
