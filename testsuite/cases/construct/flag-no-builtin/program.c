#include <stdio.h>
static int abs(int x) { return x < 0 ? -x : x + 1; }
int main(void) { printf("%d\n", abs(4)); return 0; }
