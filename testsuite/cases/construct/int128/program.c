#include <stdio.h>
static unsigned __int128 mul(unsigned long a, unsigned long b) { return (unsigned __int128)a * b; }
typedef __int128_t wide;
static __int128 neg = -1;
struct s { char c; wide w; };
int main(void) { unsigned __int128 p = mul(~0UL, 3); printf("%lx %lx %d %zu\n", (long)(p >> 64), (long)p, neg < 0, sizeof(struct s)); return 0; }
