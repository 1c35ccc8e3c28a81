#include <stdio.h>
static int f(int x)
{
	int out = x;
	__asm__ __volatile__ goto ("" : "+r" (out) : : "memory" : away);
	return out + 1;
away:
	return -1;
}
int main(void) { printf("%d\n", f(6)); return 0; }
