#include <stdio.h>
inline int f(int x) { return x + 1; }
extern int f(int x);
static inline int g(int x) { return x + 2; }
extern inline int h(int x) { return x + 3; }
int main(void) { printf("%d %d %d\n", f(1), g(1), h(1)); return 0; }
