#include <stdio.h>
static int f(int x) { int r = 0; switch (x) { case 1: r++; __attribute__((fallthrough)); case 2: r += 10; break; default: r = -1; } return r; }
int main(void) { printf("%d %d %d\n", f(1), f(2), f(3)); return 0; }
