/* sha256.c - FIPS 180-4, RFC 2104 and RFC 8018. */
#include "sha256.h"

#include <string.h>

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static uint32_t rotate(uint32_t value, unsigned int count)
{
    return value >> count | value << (32 - count);
}

static uint32_t load_word(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void store_word(unsigned char *at, uint32_t word)
{
    at[0] = (unsigned char)(word >> 24);
    at[1] = (unsigned char)(word >> 16);
    at[2] = (unsigned char)(word >> 8);
    at[3] = (unsigned char)word;
}

static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64];
    uint32_t v[8];
    unsigned int i;

    for (i = 0; i < 16; i++)
        w[i] = load_word(block + 4 * i);
    for (; i < 64; i++) {
        uint32_t a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;

        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(v, state, sizeof(v));
    for (i = 0; i < 64; i++) {
        uint32_t big1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t first = v[7] + big1 + choice + round_constants[i] + w[i];
        uint32_t big0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);

        memmove(v + 1, v, 7 * sizeof(v[0]));
        v[4] += first;
        v[0] = first + big0 + majority;
    }
    for (i = 0; i < 8; i++)
        state[i] += v[i];
}

void sha256_init(struct sha256 *hash)
{
    static const uint32_t start[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    };

    memcpy(hash->state, start, sizeof(start));
    hash->length = 0;
}

void sha256_add(struct sha256 *hash, const void *data, size_t len)
{
    const unsigned char *at = data;

    while (len > 0) {
        size_t used = hash->length % SHA256_BLOCK;
        size_t take = SHA256_BLOCK - used < len ? SHA256_BLOCK - used : len;

        memcpy(hash->block + used, at, take);
        hash->length += take;
        at += take;
        len -= take;
        if (used + take == SHA256_BLOCK)
            compress(hash->state, hash->block);
    }
}

void sha256_finish(struct sha256 *hash, unsigned char digest[SHA256_SIZE])
{
    uint64_t bits = hash->length * 8;
    unsigned char end[SHA256_BLOCK + 8] = { 0x80 };
    size_t used = hash->length % SHA256_BLOCK;
    size_t pad = (used < 56 ? 56 : 120) - used;
    unsigned int i;

    store_word(end + pad, (uint32_t)(bits >> 32));
    store_word(end + pad + 4, (uint32_t)bits);
    sha256_add(hash, end, pad + 8);
    for (i = 0; i < 8; i++)
        store_word(digest + 4 * i, hash->state[i]);
}

static void hmac(const unsigned char *key, size_t key_len, const unsigned char *data, size_t len,
                 unsigned char digest[SHA256_SIZE])
{
    unsigned char inner[SHA256_BLOCK] = { 0 };
    unsigned char outer[SHA256_BLOCK];
    struct sha256 hash;
    unsigned int i;

    if (key_len > SHA256_BLOCK) {
        sha256_init(&hash);
        sha256_add(&hash, key, key_len);
        sha256_finish(&hash, inner);
    } else {
        memcpy(inner, key, key_len);
    }
    for (i = 0; i < SHA256_BLOCK; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    sha256_init(&hash);
    sha256_add(&hash, inner, sizeof(inner));
    sha256_add(&hash, data, len);
    sha256_finish(&hash, digest);
    sha256_init(&hash);
    sha256_add(&hash, outer, sizeof(outer));
    sha256_add(&hash, digest, SHA256_SIZE);
    sha256_finish(&hash, digest);
}

#define LONGEST_SALT 64

void password_hash(const char *password, const unsigned char *salt, size_t salt_len,
                   unsigned int rounds, unsigned char digest[SHA256_SIZE])
{
    const unsigned char *key = (const unsigned char *)password;
    size_t key_len = strlen(password);
    unsigned char message[LONGEST_SALT + 4];
    unsigned char step[SHA256_SIZE];
    unsigned int i;
    unsigned int j;

    if (salt_len > LONGEST_SALT)
        salt_len = LONGEST_SALT;
    memcpy(message, salt, salt_len);
    store_word(message + salt_len, 1);
    hmac(key, key_len, message, salt_len + 4, step);
    memcpy(digest, step, SHA256_SIZE);
    for (i = 1; i < rounds; i++) {
        hmac(key, key_len, step, SHA256_SIZE, step);
        for (j = 0; j < SHA256_SIZE; j++)
            digest[j] ^= step[j];
    }
}
