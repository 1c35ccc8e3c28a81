#include <stdio.h>
static int f(int x) { while (x) { if (x == 3) goto next; x--; continue; next: x -= 2; } end: __attribute__((unused)); return x; }
int main(void) { printf("%d\n", f(6)); return 0; }
