#include <stdio.h>
int total(v, n) int v[]; unsigned n; { int s = 0; while (n--) s += v[n]; return s; }
int main(void) { int v[4] = {1, 2, 3, 4}; printf("%d\n", total(v, 4u)); return 0; }
