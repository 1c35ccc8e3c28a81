#include <stdio.h>
static int n(int x) { return x - 1; }
int main(void) { int i = 5, t = 0; while ((i = n(i))) t += i; do t++; while (t < 12); for (;;) { if (++t > 20) break; else continue; } for (int a = 0, b = 9; a < b; a++, b--) t += b; for (i = 0; i < 3; i++) for (int j = 0; j < 3; j++) if (j == i) break; else t++; while (0) ; do ; while (0); printf("%d %d\n", t, i); return 0; }
