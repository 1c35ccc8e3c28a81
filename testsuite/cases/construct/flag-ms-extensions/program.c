#include <stdio.h>
struct base { int a, b; };
struct derived { struct base; int c; };
static int sum(struct derived *d) { return d->a + d->b + d->c; }
int main(void) { struct derived d = { { 1, 2 }, 3 }; printf("%d\n", sum(&d)); return 0; }
