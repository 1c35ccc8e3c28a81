#include <stdio.h>
static int typeof(int asm) { return asm + 1; }
int main(void) { for (int i = 0; i < 2; i++) printf("%d\n", typeof(i)); return 0; }
