#include <stdio.h>
inline int f(int x) { return x + 1; }
extern inline int g(int x) { return x + 2; }
int g(int x) { return x + 2; }
int main(void) { printf("%d %d\n", f(1), g(1)); return 0; }
