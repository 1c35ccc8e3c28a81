#include <stdio.h>
#if defined __x86_64__
__attribute__((target("sse4.2"))) static int f(int x) { return __builtin_popcount(x); }
__attribute__((target("default"))) static int g(int x) { return x; }
#else
static int f(int x) { return __builtin_popcount(x); }
static int g(int x) { return x; }
#endif
int main(void) { printf("%d %d\n", f(255), g(1)); return 0; }
