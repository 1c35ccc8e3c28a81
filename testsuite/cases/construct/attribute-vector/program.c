#include <stdio.h>
typedef int v4 __attribute__((vector_size(16)));
typedef float f4 __attribute__((__vector_size__(16)));
static v4 add(v4 a, v4 b) { return a + b; }
int main(void) { v4 a = { 1, 2, 3, 4 }, b = { 10, 20, 30, 40 }, c = add(a, b) * 2; f4 f = { 1, 2, 3, 4 }; f = f * f; v4 m = a > 2; printf("%d %d %.1f %d %d\n", c[0], c[3], f[2], m[0], m[3]); return 0; }
