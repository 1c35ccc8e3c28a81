#include <stdio.h>
static int f(int x) { if (x > 0) return x; __builtin_unreachable(); }
static int g(double d) { return __builtin_isnan(d) ? 1 : __builtin_isinf_sign(d); }
int main(void) { printf("%d %d %d %d %d\n", f(2), g(__builtin_nan("")), g(-__builtin_inf()), __builtin_clz(1), __builtin_ctzl(8)); return 0; }
