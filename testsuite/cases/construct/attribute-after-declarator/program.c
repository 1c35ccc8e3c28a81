#include <stdio.h>
int f(const char *, ...) __attribute__((format(printf, 1, 2), nonnull(1)));
int g(int) __attribute__((const)) __attribute__((warn_unused_result));
int f(const char *s, ...) { return s[0]; }
int g(int x) { return -x; }
int v __attribute__((aligned(32))) = 3, w __attribute__((unused)) = 4;
int main(void) { printf("%d %d %d\n", f("%d", 1), g(2), (int)((unsigned long)&v % 32)); return 0; }
