#include <stdio.h>
_Static_assert(1);
enum e { A = 3 };
typedef int t;
static int f(int, t x) { return x; }
int main(void) { int q = 4; int b = 0b101'01; _Static_assert(sizeof q == 4); printf("%d %d %d\n", f(1, 2), b, (int)A + q); lab: return 0; }
