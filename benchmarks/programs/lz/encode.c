/* encode.c - a hash of the next bytes finds an earlier place with the same ones. */
#include "serve.h"
#include "lz.h"

#include <string.h>

#define MATCH_LEAST 4
#define MATCH_MOST 127
#define DISTANCE_MOST 65535

static unsigned int slot_of(const unsigned char *at)
{
    unsigned int bytes = at[0] | at[1] << 8 | at[2] << 16 | (unsigned int)at[3] << 24;

    return bytes * 2654435761u >> 20;
}

static size_t match_length(const unsigned char *a, const unsigned char *b, size_t most)
{
    size_t length = 0;

    while (length < most && a[length] == b[length])
        length++;
    return length;
}

static void put(struct encoder *encoder, unsigned int byte)
{
    encoder->output[encoder->written++] = (unsigned char)byte;
}

/* 0..127 and so many bytes, less one. */
static void put_literals(struct encoder *encoder, size_t from, size_t to)
{
    if (to - from == NEVER)
        return;
#if VERSION >= 6
    encoder->literals += to - from;
#endif
    while (from < to) {
        size_t count = to - from < 128 ? to - from : 128;

        put(encoder, (unsigned int)count - 1);
        memcpy(encoder->output + encoder->written, encoder->input + from, count);
        encoder->written += count;
        from += count;
    }
}

/* 128 and the length, less four; then the distance. */
static void put_match(struct encoder *encoder, size_t length, size_t distance)
{
    if (length == NEVER)
        return;
#if VERSION >= 1
    encoder->matches++;
#endif
    put(encoder, 128 + (unsigned int)(length - MATCH_LEAST));
    put(encoder, (unsigned int)distance & 255);
    put(encoder, (unsigned int)distance >> 8);
}

size_t lz_encode(struct encoder *encoder, const unsigned char *input, size_t length,
                 unsigned char *output)
{
    size_t at = 0, literals = 0;

    encoder->input = input;
    encoder->length = length;
    encoder->output = output;
    encoder->written = 0;
    memset(encoder->heads, 0, sizeof encoder->heads);
    while (at + MATCH_LEAST <= length) {
        unsigned int *head = &encoder->heads[slot_of(input + at)];
        size_t before = *head;
        size_t most = length - at < MATCH_MOST ? length - at : MATCH_MOST;
        size_t found = 0;

        *head = (unsigned int)at + 1;
        if (before != 0 && at - (before - 1) <= DISTANCE_MOST)
            found = match_length(input + before - 1, input + at, most);
        if (found < MATCH_LEAST) {
            at++;
            continue;
        }
        put_literals(encoder, literals, at);
        put_match(encoder, found, at - (before - 1));
        at += found;
        literals = at;
    }
    put_literals(encoder, literals, length);
    return encoder->written;
}
