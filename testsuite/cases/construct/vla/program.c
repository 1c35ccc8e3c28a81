#include <stdio.h>
static long sum(int n, int v[n]) { long s = 0; for (int i = 0; i < n; i++) s += v[i]; return s; }
int main(void) { int n = 6, v[n]; for (int i = 0; i < n; i++) v[i] = i * i; printf("%ld %zu\n", sum(n, v), sizeof v / sizeof *v); return 0; }
