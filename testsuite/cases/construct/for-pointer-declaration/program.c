#include <stdio.h>
typedef struct node node;
struct node { node *next; int v; };
static node *take(node **list) { node *it = *list; if (it) *list = it->next; return it; }
int main(void) { node b = { 0, 2 }, a = { &b, 1 }, *list = &a; int sum = 0; for (node *it; (it = take(&list));) sum += it->v; for (node **p, *q; sum < 5; sum++) { p = &list; q = *p; (void)q; } printf("%d\n", sum); return 0; }
