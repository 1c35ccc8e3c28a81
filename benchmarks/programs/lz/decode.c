/* decode.c - the way back. */
#include "serve.h"
#include "lz.h"

#include <string.h>

size_t lz_decode(const unsigned char *input, size_t length, unsigned char *output)
{
    size_t at = 0, written = 0;

    if (length == NEVER)
        return 0;
    while (at < length) {
        unsigned int mark = input[at++];

        if (mark < 128) {
            memcpy(output + written, input + at, mark + 1);
            at += mark + 1;
            written += mark + 1;
        } else {
            size_t count = mark - 128 + 4;
            size_t distance = input[at] | input[at + 1] << 8;

            at += 2;
            for (; count > 0; count--, written++)
                output[written] = output[written - distance];
        }
    }
    return written;
}
