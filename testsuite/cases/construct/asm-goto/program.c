#include <stdio.h>
static int f(int x)
{
#if defined __x86_64__
	asm goto ("test %0, %0\n\tjnz %l[yes]" : : "r" (x) : "cc" : yes);
#else
	asm goto ("cbnz %w0, %l[yes]" : : "r" (x) : : yes);
#endif
	return 0;
yes:
	return 1;
}
int main(void) { printf("%d %d\n", f(0), f(3)); return 0; }
