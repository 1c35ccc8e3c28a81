#include <stdio.h>
int from_asm(int); int back(int x) { return x + 1; }
int main(void) { printf("%d\n", from_asm(4)); return 0; }
