#include <serve.h>
#include <stdint.h>
#include <stdlib.h>

struct block {
    char name[3];
    _Alignas(16) int wide;
#if VERSION >= 2
    _Alignas(16) int wider;
    char between;
    long __attribute__((aligned(16))) attribute;
#endif
    char end;
#if VERSION >= 3
    struct {
        char a;
        _Alignas(8) char b;
    } inner;
#endif
};

static struct block blocks[3] = { { .name = "b0", .end = 'e' }, { .name = "b1", .end = 'f' },
                                  { .name = "b2", .end = 'g' } };

/* 0 if each address is a multiple of what the field wants. */
static int crooked(struct block *b)
{
    uintptr_t bits = (uintptr_t)&b->wide % 16;

#if VERSION >= 2
    bits |= (uintptr_t)&b->attribute % 16;
    bits |= (uintptr_t)&b->wider % 16;
#endif
#if VERSION >= 3
    bits |= (uintptr_t)&b->inner.b % 8;
#endif
    return bits != 0;
}

static void answer(const char *text)
{
    struct block *b = &blocks[*text - '0'];

    if (text[1] == '+') {
        b->wide++;
#if VERSION >= 2
        b->wider += 2;
        b->between = 'b';
        b->attribute -= 3;
#endif
#if VERSION >= 3
        b->inner.a += 4;
        b->inner.b += 5;
#endif
    }
#if VERSION == 1
    say("%s %d %c %d", b->name, b->wide, b->end, crooked(b));
#elif VERSION == 2
    say("%s %d %d %d %ld %c %d", b->name, b->wide, b->wider, b->between, b->attribute, b->end,
        crooked(b));
#else
    say("%s %d %d %d %ld %c %d %d %d", b->name, b->wide, b->wider, b->between, b->attribute,
        b->end, b->inner.a, b->inner.b, crooked(b));
#endif
}

SERVE(answer)
