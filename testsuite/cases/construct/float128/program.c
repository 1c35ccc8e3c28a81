#include <stdio.h>
static __float128 half(__float128 x) { return x / 2; }
static _Float128 q = 3.5f128;
static _Float64 d = 1.25f64; static _Float32x e = 0.5f32x;
int main(void) { printf("%.2f %.2f %.2f %zu\n", (double)half(5), (double)q, (double)d + (double)e, sizeof q); return 0; }
