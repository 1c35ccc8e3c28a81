#include <stdio.h>
struct later; extern struct later v; int get(struct later *); struct later { int x; }; struct later v = { 4 }; int get(struct later *p) { return p->x; }
extern int sizes[]; int sizes[] = { 1, 2, 3 }; static struct tag { struct tag *next; struct unknown *u; } node = { &node, 0 };
int main(void) { printf("%d %zu %d\n", get(&v), sizeof sizes / sizeof *sizes, node.next == &node); return 0; }
