#include <stdio.h>
struct s { unsigned a : 3, : 2, b : 5; int c : 1; _Bool d : 1; unsigned : 0; unsigned long e : 40; };
static struct s v = { .b = 17, .e = 1UL << 39 };
static int get(const struct s *p) { return p->b + p->a; }
int main(void) { v.a = 9; v.c = 1; v.d = 5; v.b++; printf("%d %d %d %d %zu %lx\n", get(&v), v.a, v.c, v.d, sizeof v, (long)v.e); return 0; }
