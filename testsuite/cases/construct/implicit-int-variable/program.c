#include <stdio.h>
count = 3;
static total;
extern limit;
limit = 9;
const ratio = 4;
static int bump(by) { total += by; return total; }
main() { auto i = 2; register j = 5; printf("%d %d %d %d\n", count, bump(i + j), limit, ratio); return 0; }
