/* work.c - text made of words is compressed and unpacked again. */
#include "serve.h"
#include "lz.h"

#include <string.h>

#define TEXT 100000

static unsigned char text[TEXT];
static unsigned char packed[TEXT + TEXT / 16 + 16];
static unsigned char unpacked[TEXT];
static struct encoder encoder;

void work_start(void)
{
    static const char *const words[] = { "the ", "server ", "update ", "of ", "a ", "state ",
                                         "pointer ", "while ", "runs ", "layout " };
    unsigned int state = 1;
    size_t at = 0;

    while (at < TEXT) {
        unsigned int number = next_random(&state);
        const char *word = words[number % 10];
        size_t length = strlen(word);

        if (number % 7 == 0) {
            text[at++] = (unsigned char)('a' + number % 26);
            continue;
        }
        if (length > TEXT - at)
            length = TEXT - at;
        memcpy(text + at, word, length);
        at += length;
    }
}

unsigned int work_round(unsigned int seed)
{
    size_t length = lz_encode(&encoder, text + seed % 64, TEXT - 64, packed);
    size_t back = lz_decode(packed, length, unpacked);

    return (unsigned int)length + (back == TEXT - 64 && memcmp(unpacked, text + seed % 64, back) == 0);
}
