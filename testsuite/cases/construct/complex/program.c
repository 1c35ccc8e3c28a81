#include <stdio.h>
#include <complex.h>
static double complex sq(double complex z) { return z * z; }
static __complex__ int ci = 3 + 4i;
int main(void) { double complex z = sq(1 + 2 * I); _Complex float f = 1.0f + 2.0fi; __real__ f = 5; printf("%.0f %.0f %d %.0f %.0f\n", creal(z), __imag__ z, __real__ ci + __imag__ ci, crealf(f), cimag(~z)); return 0; }
