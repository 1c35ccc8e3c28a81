/* A program may have its own functions of library names. */
#include <stdio.h>
static int index(int x) { return x + 1; }
static double round(double x) { return x * 2; }
int y0(int a) { return a - 1; }
static int step(int gamma) { return gamma + 3; }
int main(void) { printf("%d %.1f %d %d\n", index(1), round(1.25), y0(3), step(1)); return 0; }
