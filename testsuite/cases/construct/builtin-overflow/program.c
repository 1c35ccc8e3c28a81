#include <stdio.h>
static int add(int a, int b) { int r; return __builtin_add_overflow(a, b, &r) ? -1 : r; }
int main(void) { long m; printf("%d %d %d\n", add(1, 2), add(2147483647, 1), __builtin_mul_overflow_p(1 << 30, 4, (int)0)); __builtin_smull_overflow(3, 4, &m); printf("%ld\n", m); return 0; }
