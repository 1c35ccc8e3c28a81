#include <stdio.h>
static int f(int k) { static int n = 1; if (k) { static int n = 10; n += k; return n; } else { static int n = 100; { static int n = 1000; n++; return n; } n++; } return n; }
int main(void) { int a = f(1), b = f(2), c = f(0), d = f(0); printf("%d %d %d %d\n", a, b, c, d); return 0; }
