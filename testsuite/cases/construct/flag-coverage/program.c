#include <stdio.h>
static int f(int x) { return x > 2 ? x : -x; }
int main(void) { printf("%d\n", f(1) + f(4)); return 0; }
