#include <stdio.h>
#define FIND(v, n, w) ({ __label__ done; int r = -1; for (int i = 0; i < n; i++) if (v[i] == w) { r = i; goto done; } done: r; })
int main(void) { int v[] = { 3, 4, 5 }; printf("%d %d\n", FIND(v, 3, 5), FIND(v, 3, 8)); return 0; }
