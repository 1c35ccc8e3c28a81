#include <stdio.h>
union u { int i; float f; char c[4]; }; static int bits(float f) { return ((union u)f).i; } static union u cast(int i) { return (union u)i; }
int main(void) { printf("%x %d\n", bits(1.0f), cast(65).c[0]); return 0; }
