#include <stdio.h>
int twice(f, x) int (*f)(int), x; { return f(f(x)); }
static int inc(int x) { return x + 1; }
int main(void) { printf("%d\n", twice(inc, 5)); return 0; }
