#include <stdio.h>
static int trace(int n, int m[n][n]) { int t = 0; for (int i = 0; i < n; i++) t += m[i][i]; return t; }
int main(void) { int n = 3; int m[n][n]; for (int i = 0; i < 9; i++) m[i / 3][i % 3] = i; int (*p)[n] = m; printf("%d %d\n", trace(n, m), p[1][2]); return 0; }
