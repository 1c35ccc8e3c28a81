#include <stdio.h>
struct n { int v; struct n *next; };
static int walk(struct n *p) { int t = 0; for (; p; p = p->next) t += p->v; return t; }
int main(void) { int t = 0; for (int i = 0; i < 3; i++) t += walk(&(struct n){ i, &(struct n){ 10, 0 } }); printf("%d\n", t); return 0; }
