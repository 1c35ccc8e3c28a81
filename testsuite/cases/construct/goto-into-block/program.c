#include <stdio.h>
static int f(int x) { if (x) goto in; { int y = 4; x += y; in: x += 100; } for (int i = 0; i < 1; i++) { if (x > 1000) { out: return x; } } goto out; }
int main(void) { printf("%d %d\n", f(0), f(1)); return 0; }
