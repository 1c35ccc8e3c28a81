#include <stdio.h>
static int n; static int a(int x) { n = n * 10 + x; return x; }
int main(void) { int r = (a(1), a(2), a(a(3))); r += a(4) ? a(5) : a(6); r && a(7) || a(8); for (a(1), r--; r > 2; a(9), r--) ; printf("%d %d\n", n, r); return 0; }
