#include <stdio.h>
#include <math.h>
static double f(double x) { return sqrt(x) * 2; }
int main(void) { printf("%.1f\n", f(16)); return 0; }
