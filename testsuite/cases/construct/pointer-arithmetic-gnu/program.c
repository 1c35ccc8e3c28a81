#include <stdio.h>
static int f(void) { return 2; }
int main(void) { int v[4] = { 1, 2, 3, 4 }; void *p = v; p += sizeof(int); printf("%d %zu %zu %d %d\n", *(int *)p, sizeof(void), sizeof(f), 2[v], (int)(&v[3] - &v[1])); return 0; }
