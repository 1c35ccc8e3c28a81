#include <stdio.h>
static inline __attribute__((always_inline)) int f(int x) { return x + 1; }
extern inline __attribute__((gnu_inline, always_inline)) int g(int x) { return x + 2; }
__attribute__((flatten)) static int h(int x) { return f(x) + g(x); }
int main(void) { printf("%d\n", h(1)); return 0; }
