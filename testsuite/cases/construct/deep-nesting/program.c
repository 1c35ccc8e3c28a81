#include <stdio.h>
#define P1(x) ((((((((((x))))))))))
#define P2(x) P1(P1(P1(x)))
static int f(int x) { if (x) { if (x > 1) { if (x > 2) { if (x > 3) { if (x > 4) { do { for (;;) { switch (x) { default: { { { return P2(P2(x)) + 1; } } } } } } while (0); } } } } } return 0; }
int main(void) { printf("%d %d\n", f(9), f(2)); return 0; }
