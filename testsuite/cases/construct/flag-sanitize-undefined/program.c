#include <stdio.h>
static int add(int a, int b) { return a + b; }
static int (*volatile call)(int, int) = add;
int main(void) { int v[3] = { 1, 2, 3 }; volatile int i = 2; printf("%d %d\n", call(v[i], 2), 1 << i); return 0; }
