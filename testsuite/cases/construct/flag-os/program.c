#include <stdio.h>
static int f(int x) { switch (x) { case 1: return 10; case 2: return 20; case 3: return 30; case 4: return 40; case 9: return 90; } return 0; }
int main(void) { int t = 0; for (int i = 0; i < 10; i++) t += f(i); printf("%d\n", t); return 0; }
