#include <stdio.h>
static int f(int x) { return x + 2147483647; }
int main(void) { printf("%d\n", f(1)); return 0; }
