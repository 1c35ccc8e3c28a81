#include <stdio.h>
static int next(void) { static __thread int n = 10; return n++; }
int main(void) { next(); printf("%d\n", next()); return 0; }
