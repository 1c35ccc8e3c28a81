#include <stdio.h>
int v = 3; int f(void) { return v; } int (*p)(void) = f;
int main(void) { printf("%d\n", p()); return 0; }
