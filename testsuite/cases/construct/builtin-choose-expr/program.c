#include <stdio.h>
#include <stddef.h>
struct s { int a; struct { char c[4]; } in[2]; };
#define KIND(x) __builtin_choose_expr(__builtin_types_compatible_p(__typeof__(x), int), 1, 2)
int main(void) { printf("%d %d %zu %d %d\n", KIND(1), KIND(1.0), offsetof(struct s, in[1].c[2]), __builtin_constant_p(3 + 4), __builtin_expect(5, 5) == 5 ? 1 : 0); return 0; }
