#include <stdio.h>
#define L(n) int a##n = x + n; t += a##n;
#define L10(n) L(n##0) L(n##1) L(n##2) L(n##3) L(n##4) L(n##5) L(n##6) L(n##7) L(n##8) L(n##9)
static long f(int x) { long t = 0; L10(1) L10(2) L10(3) L10(4) L10(5) L10(6) L10(7) L10(8) L10(9) return t; }
int main(void) { printf("%ld\n", f(3)); return 0; }
