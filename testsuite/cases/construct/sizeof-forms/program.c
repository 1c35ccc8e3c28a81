#include <stdio.h>
struct s { int a[5]; char c; }; static struct s *p;
int main(void) { int x = 1; size_t n = sizeof x++; printf("%zu %zu %zu %zu %zu %zu %d %zu\n", sizeof(struct s), sizeof p->a, sizeof *p, sizeof(int[3]), sizeof "abc", n, x, sizeof(int) * 2); return 0; }
