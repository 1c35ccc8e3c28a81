#include <stdio.h>
int f(int x) { return x + 1; }
int v = 3;
int main(void) { printf("%d\n", f(v)); return 0; }
