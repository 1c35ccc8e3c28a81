#include <stdio.h>
int x = 1; static int f(int f) { return f + 1; } static int g(void) { int x = x = 5; { int x = 6; (void)x; } return x; } static int h(int a[sizeof(int)], int n, int b[n]) { struct x { int x; } x = { 9 }; x: ; return x.x + a[0] + b[0]; }
int main(void) { int v[4] = { 1 }; int printf_ = 3; printf("%d %d %d %d\n", f(1), g(), h(v, 1, v), x + printf_); return 0; }
