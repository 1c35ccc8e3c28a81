#include <stdio.h>
static int f(int a __attribute__((unused)), __attribute__((unused)) int b, int c) { return c; }
static int g(char *p __attribute__((nonnull)), int (*cb)(int __attribute__((unused)))) { return cb(*p); }
static int id(int x) { return x; }
int main(void) { char c = 9; printf("%d %d\n", f(1, 2, 3), g(&c, id)); return 0; }
