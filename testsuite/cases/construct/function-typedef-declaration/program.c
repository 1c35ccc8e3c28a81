#include <stdio.h>
typedef int fn(int);
fn f, g;
static fn h;
int f(int x) { return x; } int g(int x) { return -x; } static int h(int x) { return x * x; }
static int call(fn k, int x) { return k(x); }
int main(void) { fn *p = h; printf("%d %d %d %d\n", f(1), g(2), p(3), call(f, 9)); return 0; }
