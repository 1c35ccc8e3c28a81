#include <stdio.h>
static long dot(const int *a, const int *b, int n) { long s = 0; for (int i = 0; i < n; i++) s += (long)a[i] * b[i]; return s; }
int main(void) { int a[64], b[64]; for (int i = 0; i < 64; i++) { a[i] = i; b[i] = 64 - i; } printf("%ld\n", dot(a, b, 64)); return 0; }
