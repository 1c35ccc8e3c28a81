#include <stdio.h>
static int fast(int x) { return x + 1; }
static int (*choose(void))(int) { return fast; }
int pick(int x) __attribute__((ifunc("choose")));
int main(void) { printf("%d\n", pick(4)); return 0; }
