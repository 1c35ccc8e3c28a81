#include <stdio.h>
static int f(void) { return 3; }
int main(void) { typeof(f()) a = 4; __typeof__(int[2]) v = { 1, 2 }; typeof(v[0]) *p = v; __typeof(f) *q = f; const typeof(a) c = a; typeof(typeof(char *)[4]) t = { "x" }; printf("%d %d %d %d %s\n", a, p[1], q(), c, t[0]); return 0; }
