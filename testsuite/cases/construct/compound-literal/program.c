#include <stdio.h>
struct p { int x, y; };
static int sum(struct p *p) { return p->x + p->y; }
static int *global = (int[]){ 4, 5, 6 };
static const struct p *table[] = { &(struct p){ 1, 2 }, &(const struct p){ 3, 4 } };
int main(void) { int n = 2; struct p e = (struct p){}; printf("%d %d %d %d %d\n", sum(&(struct p){ n, n + 1 }), global[2], table[1]->y, ((int[]){ n, 9 })[1], e.x); return 0; }
