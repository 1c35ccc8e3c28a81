/* lz.h - a small compressor in the manner of LZ4. */
#ifndef LZ_H
#define LZ_H

#include <stddef.h>

#define LZ_SLOTS 4096

struct encoder {
    const unsigned char *input;
    size_t length;
#if VERSION >= 1
    unsigned long matches;
#endif
    unsigned char *output;
    size_t written;
#if VERSION >= 6
    unsigned long literals;
#endif
    unsigned int heads[LZ_SLOTS]; /* where three bytes were last seen, and one more */
};

/* How many bytes the output has; it needs room for `length + length / 16 + 16`. */
size_t lz_encode(struct encoder *encoder, const unsigned char *input, size_t length,
                 unsigned char *output);
size_t lz_decode(const unsigned char *input, size_t length, unsigned char *output);

#endif
