#include <stdio.h>
struct s { int a; }; static struct s v = { 3 }; int other(void);
static int get(struct s *p) { return p->a; }
int main(void) { printf("%d %d\n", get(&v), other()); return 0; }
