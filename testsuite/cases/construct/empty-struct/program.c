#include <stdio.h>
struct empty {};
struct s { struct empty e; int x; struct {} f; };
static int f(struct empty e, int x) { (void)e; return x; }
int main(void) { struct empty e = {}; struct s v = { .x = 3 }; printf("%zu %d %d\n", sizeof e, f(e, 4), v.x); return 0; }
