#include <stdio.h>
struct s { int k; union { int i; float f; struct { short lo, hi; }; }; };
static int low(const struct s *p) { return p->lo; }
int main(void) { struct s v = { 1, { .i = 0x20001 } }; struct s w = { .k = 2, .hi = 3 }; printf("%d %d %d\n", low(&v), v.hi, w.hi); return 0; }
