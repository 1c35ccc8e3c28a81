#include <stdio.h>
struct { int a; } anon = { 6 };
#define SWAP(x, y) do { __auto_type t = (x); (x) = (y); (y) = t; } while (0)
int main(void) { int a = 1, b = 2; SWAP(a, b); __auto_type z = anon; __auto_type p = &anon; printf("%d %d %d %d\n", a, b, z.a, p->a); return 0; }
