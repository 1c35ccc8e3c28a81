#include <stdio.h>
static int b = 0b1011, o = 0777, c = 'ab', m = '\377'; static unsigned long long u = 0xffffffffffffffffULL; static long l = 1l; static unsigned k = 3U;
int main(void) { printf("%d %d %d %d %llu %ld %u\n", b, o, c, m, u, l, k); return 0; }
