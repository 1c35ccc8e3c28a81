#include <stdio.h>
static int v = 3; int w = 4;
static int f(void) { return v + w; }
int (*table[])(void) = { f };
int main(void) { printf("%d\n", table[0]()); return 0; }
