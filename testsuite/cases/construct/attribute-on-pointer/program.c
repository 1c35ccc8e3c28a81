#include <stdio.h>
typedef int (__attribute__((noinline)) *fn)(int);
static int f(int x) { return x + 5; }
int * __attribute__((unused)) p;
int (* __attribute__((aligned(16))) q)(int) = f;
int main(void) { fn g = f; int * const __attribute__((unused)) r = 0; printf("%d %d\n", g(1), q(2)); return 0; }
