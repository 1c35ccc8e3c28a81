#include <stdio.h>
#define f(x) 0
int (f)(int x) { return x + 1; }
static int ((g))(int x) { return x + 2; }
int *((h)(int *p)) { return p + 1; }
int main(void) { int v[] = { 1, 2 }; printf("%d %d %d %d\n", (f)(1), f(1), g(1), *h(v)); return 0; }
