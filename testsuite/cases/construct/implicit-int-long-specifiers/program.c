#include <stdio.h>
unsigned u = 7;
long l = 8;
short s = 9;
volatile v = 10;
typedef number;
number n = 11;
main() { static k = 12; const c = 13; printf("%u %ld %d %d %d %d %d\n", u, l, s, v, n, k, c); return 0; }
