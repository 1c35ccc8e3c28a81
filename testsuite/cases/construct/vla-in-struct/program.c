/* Only gcc has these. */
#include <stdio.h>
#include <string.h>
static int f(int n) { struct { int a; char b[n]; } s; memset(&s, 7, sizeof s); return s.b[n - 1]; }
static int g(int x) { return x + 1; }
int main(void) { printf("%d %d\n", f(5), g(2)); return 0; }
