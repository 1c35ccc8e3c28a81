#include <stdio.h>
static _Decimal64 d = 1.1DD;
static int f(_Decimal32 x) { return x == 0.5DF; }
int main(void) { printf("%d %d\n", (int)(d * 10), f(0.5DF)); return 0; }
