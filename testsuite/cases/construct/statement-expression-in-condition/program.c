#include <stdio.h>
static int get(void) { static int n; return n++; }
int main(void) { int c, t = 0; while (({ c = get(); c < 4; })) t += c; for (int i = 0; ({ i < 2; }); i++) t += 100; printf("%d\n", t); return 0; }
