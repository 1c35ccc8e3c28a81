#include <stdio.h>
static int f(int inline_, int restrict_) { return inline_ - restrict_; }
static int asm, typeof = 4, inline = 3;
int main(void) { int x = 10 //* comment */ 2
	; printf("%d %d %d %d\n", f(3, 1), asm, typeof + inline, x); return 0; }
