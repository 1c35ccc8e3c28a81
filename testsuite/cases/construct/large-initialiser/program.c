#include <stdio.h>
#define R4(...) __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__
#define R64(...) R4(R4(R4(__VA_ARGS__)))
#define R4096(...) R64(R64(__VA_ARGS__))
static const short table[] = { R4096(1), R4096(2), R64(3) };
static int sum(void) { int s = 0; for (unsigned i = 0; i < sizeof table / sizeof *table; i++) s += table[i]; return s; }
int main(void) { printf("%d\n", sum()); return 0; }
