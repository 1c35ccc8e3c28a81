#include <stdio.h>
static int next(void) { static int k; return k++ < 4; } static int hits;
int main(void) { for (; next(); ) hits++; for (int i = 0; ; i++) { if (i == 3) break; hits += 10; } int j; for (j = 0; j < 2; hits += 100, j++) ; for (;;) { goto out; } out: printf("%d\n", hits); return 0; }
