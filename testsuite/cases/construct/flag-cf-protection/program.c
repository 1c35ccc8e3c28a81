#include <stdio.h>
static int f(int x) { return x + 1; }
static int (*volatile p)(int) = f;
int main(void) { printf("%d\n", p(1)); return 0; }
