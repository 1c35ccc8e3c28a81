#include <stdio.h>
int first(int n, int v[static 2]);
int rows(int n, int m[*][*]);
int first(int n, int v[static const 2]) { return v[0] + n; }
int rows(int n, int m[n][n]) { return m[n - 1][0]; }
int main(void) { int v[] = {5, 6}; int m[2][2] = {{1, 2}, {3, 4}}; printf("%d %d\n", first(2, v), rows(2, m)); return 0; }
