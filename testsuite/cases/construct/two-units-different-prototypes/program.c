#include <stdio.h>
int f(); long g(void *); struct s; int h(struct s *); struct s *make(void);
int main(void) { printf("%d %ld %d\n", f(2, 3), g("x"), h(make())); return 0; }
