#include <stdio.h>
static unsigned swap(unsigned x)
{
#if defined __x86_64__
	__asm__ __volatile__ ("bswap %0" : "=r" (x) : "0" (x));
#else
	__asm__ ("rev %w0, %w1" : "=r" (x) : "r" (x));
#endif
	return x;
}
int main(void) { printf("%x\n", swap(0x11223344)); return 0; }
