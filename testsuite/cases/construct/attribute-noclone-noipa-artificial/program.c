#include <stdio.h>
static __attribute__((noipa)) int f(int x) { return x; }
static __attribute__((noclone, noinline)) int g(int x) { return x; }
static inline __attribute__((artificial, always_inline)) int h(int x) { return x; }
int main(void) { printf("%d\n", f(1) + g(2) + h(3)); return 0; }
