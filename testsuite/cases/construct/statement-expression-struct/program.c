#include <stdio.h>
struct p { int x, y; };
static struct p make(int a) { return (struct p){ a, a + 1 }; }
int main(void) { printf("%d\n", ({ struct p q = make(4); q; }).y); return 0; }
