#include <stdio.h>
numbers[3] = { 1, 2, 3 };
*where = numbers;
(*call)();
static one() { return 1; }
*second() { return numbers + 1; }
main() { call = one; printf("%d %d %d\n", *where, *second(), (*call)()); return 0; }
