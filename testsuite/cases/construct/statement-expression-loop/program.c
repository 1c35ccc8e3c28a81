#include <stdio.h>
static int sum(int n) { return ({ int s = 0; for (int i = 1; i <= n; i++) { if (i == 3) continue; s += i; } s; }); }
static int gone(int n) { int r = ({ if (n > 2) return -1; n * 2; }); return r; }
int main(void) { printf("%d %d %d\n", sum(5), gone(1), gone(5)); return 0; }
