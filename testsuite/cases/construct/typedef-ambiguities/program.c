#include <stdio.h>
typedef int A; typedef int (*B)(A); typedef A C[2];
static int f(A) ; static int f(A (x)) { return x; }
static int g(int A) { return A; }
static unsigned A1; static int (v) = 3; static const A w = 4; static A const x = 5; static A long_name, *p = &long_name;
int main(void) { C c = { 1, 2 }; B b = f; A(y) = 6; A (*z) = &y; printf("%d %d %d %d %zu %d\n", b(c[1]), g(7), v + w + x, *z, sizeof(A), (A)1.5 + (int)A1 + *p); return 0; }
