#include <stdio.h>
#include <stdlib.h>
struct s { int n; int v[]; };
struct z { int n; int v[0]; };
static struct s fixed = { 2, { 5, 6 } };
int main(void) { struct s *p = malloc(sizeof *p + 3 * sizeof(int)); p->n = 3; p->v[2] = 9; struct z *z = malloc(sizeof *z + 4); z->v[0] = 1; printf("%d %d %d %zu\n", p->v[2], fixed.v[1], z->v[0], sizeof(struct z)); free(p); free(z); return 0; }
