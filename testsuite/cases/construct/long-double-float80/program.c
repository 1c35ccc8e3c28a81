#include <stdio.h>
#if defined __x86_64__
static __float80 w = 1.5w;
#else
static long double w = 1.5L;
#endif
static long double f(long double x) { return x * w; }
int main(void) { printf("%.2Lf %zu\n", f(2.0L), sizeof w); return 0; }
