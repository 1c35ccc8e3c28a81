#include <stdio.h>
_Static_assert(sizeof(int) == 4, "int is " "four"); struct s { int x; _Static_assert(1, ""); char c; };
static int f(void) { _Static_assert(sizeof(struct s) == 8, "s"); { _Static_assert(1, "x"); } return 3; }
int main(void) { printf("%d\n", f()); return 0; }
