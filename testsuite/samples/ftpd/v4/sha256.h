/* sha256.h - SHA-256 and the password hash built on it. */
#ifndef FTPD_SHA256_H
#define FTPD_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_BLOCK 64

struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t len);
void sha256_finish(struct sha256 *hash, unsigned char digest[SHA256_SIZE]);

/* PBKDF2 with HMAC-SHA-256 and one block of output. */
void password_hash(const char *password, const unsigned char *salt, size_t salt_len,
                   unsigned int rounds, unsigned char digest[SHA256_SIZE]);

#endif
