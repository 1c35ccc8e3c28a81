#include <stdio.h>
#include <stdlib.h>
#include <search.h>
struct k { int a; }; static int cmp(const void *a, const void *b) { return ((const struct k *)a)->a - ((const struct k *)b)->a; }
static void visit(const void *n, VISIT v, int d) { (void)d; if (v == postorder || v == leaf) printf("%d ", (*(struct k *const *)n)->a); }
int main(void) { struct k v[4] = { { 3 }, { 1 }, { 2 }, { 0 } }; void *root = 0; qsort(v, 4, sizeof *v, cmp); struct k key = { 2 }, *f = bsearch(&key, v, 4, sizeof *v, cmp); for (int i = 0; i < 4; i++) tsearch(&v[i], &root, cmp); twalk(root, visit); printf("%ld\n", (long)(f - v)); return 0; }
