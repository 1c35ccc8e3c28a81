#include <stdio.h>
static int calls;
f(x) { calls += x; if (x > 3) return; calls++; }
int main(void) { f(2); f(7); printf("%d\n", calls); return 0; }
