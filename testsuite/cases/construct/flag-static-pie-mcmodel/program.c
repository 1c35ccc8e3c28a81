#include <stdio.h>
static int big[1000]; int g(void) { return big[3] + 1; }
int main(void) { printf("%d\n", g()); return 0; }
