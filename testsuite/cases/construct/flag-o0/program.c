#include <stdio.h>
static inline int f(int x) { static int n; return n += x; }
int main(void) { f(1); printf("%d\n", f(2)); return 0; }
