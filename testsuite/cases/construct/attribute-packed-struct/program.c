#include <stdio.h>
#include <stddef.h>
struct __attribute__((packed)) a { char c; int i; };
struct b { char c; short s; int i; } __attribute__((packed, aligned(2)));
struct c { char c; int i __attribute__((packed)); long l __attribute__((aligned(16))); };
typedef struct { char x; double d; } __attribute__((__packed__)) t;
int main(void) { struct a v = { 1, 0x01020304 }; printf("%zu %zu %zu %zu %zu %x\n", sizeof(struct a), sizeof(struct b), offsetof(struct c, l), sizeof(struct c), sizeof(t), v.i); return 0; }
