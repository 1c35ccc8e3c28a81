#include <stdio.h>
#define MAX(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
static int next(int *p) { return ++*p; }
int main(void) { int x = 3; printf("%d %d\n", MAX(next(&x), 2), MAX(MAX(1, 9), 4)); return 0; }
