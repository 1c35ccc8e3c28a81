#include <stdio.h>
static long f(long x)
{
#if defined __x86_64__
	register long r asm("r12") = x;
#else
	register long r asm("x20") = x;
#endif
	asm volatile ("" : "+r" (r));
	return r + 1;
}
int main(void) { printf("%ld\n", f(5)); return 0; }
