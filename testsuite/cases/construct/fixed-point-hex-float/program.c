#include <stdio.h>
static double d = 0x1.8p3, e = 0x.8p-1; static float f = 1e-3f, g = .5F; static long double l = 1.L;
int main(void) { printf("%g %g %g %g %Lg\n", d, e, f, g, l); return 0; }
