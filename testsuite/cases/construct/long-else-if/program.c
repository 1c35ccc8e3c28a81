#include <stdio.h>
#define E(n) else if (x == n) r = n * 2;
#define E10(n) E(n##0) E(n##1) E(n##2) E(n##3) E(n##4) E(n##5) E(n##6) E(n##7) E(n##8) E(n##9)
#define E100(n) E10(n##0) E10(n##1) E10(n##2) E10(n##3) E10(n##4) E10(n##5) E10(n##6) E10(n##7) E10(n##8) E10(n##9)
static int f(int x) { int r = 0; if (x == 0) r = 1; E100(1) E100(2) E100(3) E100(4) E100(5) else r = -1; return r; }
int main(void) { printf("%d %d\n", f(355), f(9)); return 0; }
