/* buffer.c - growing buffers, and memory that is there or the end. */
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A buffer that is empty and larger than this gives its memory back. */
#define BUFFER_KEEP 65536

static void memory_exhausted(size_t size)
{
    fprintf(stderr, "kvd: no memory for %zu bytes\n", size);
    exit(3);
}

void *memory_get(size_t size)
{
    void *memory = malloc(size);

    if (memory == NULL)
        memory_exhausted(size);
    return memory;
}

void *memory_zeros(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL)
        memory_exhausted(count * size);
    return memory;
}

void *memory_grow(void *old, size_t size)
{
    void *memory = realloc(old, size);

    if (memory == NULL)
        memory_exhausted(size);
    return memory;
}

char *memory_copy(const char *bytes, size_t count)
{
    char *copy = memory_get(count + 1);

    memcpy(copy, bytes, count);
    copy[count] = '\0';
    return copy;
}

static void buffer_compact(struct buffer *buffer)
{
    size_t length = buffer_length(buffer);

    memmove(buffer->data, buffer_bytes(buffer), length);
    buffer->start = 0;
    buffer->end = length;
}

char *buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->room - buffer->end < more) {
        if (buffer->start > buffer->room / 2)
            buffer_compact(buffer);
        if (buffer->room - buffer->end < more) {
            size_t room = buffer->room != 0 ? buffer->room : 256;

            while (room - buffer->end < more)
                room *= 2;
            buffer->data = memory_grow(buffer->data, room);
            buffer->room = room;
        }
    }
    return buffer->data + buffer->end;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t count)
{
    memcpy(buffer_reserve(buffer, count), bytes, count);
    buffer->end += count;
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    char text[512];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        buffer_add(buffer, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

void buffer_take(struct buffer *buffer, size_t count)
{
    buffer->start += count;
    if (buffer->start == buffer->end) {
        buffer->start = 0;
        buffer->end = 0;
        if (buffer->room > BUFFER_KEEP)
            buffer_free(buffer);
    }
}

void buffer_free(struct buffer *buffer)
{
    struct buffer empty = BUFFER_INIT;

    free(buffer->data);
    *buffer = empty;
}
