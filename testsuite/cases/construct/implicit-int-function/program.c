#include <stdio.h>
answer() { return 42; }
static twice(x) { return 2 * x; }
main() { printf("%d %d\n", answer(), twice(4)); return 0; }
