#include <stdio.h>
static long add(long a, long b)
{
	long r;
#if defined __x86_64__
	asm ("lea (%[a],%[b]), %[r]" : [r] "=r" (r) : [a] "r" (a), [b] "r" (b) : "cc", "memory");
#else
	asm ("add %[r], %[a], %[b]" : [r] "=r" (r) : [a] "r" (a), [b] "r" (b) : "cc", "memory");
#endif
	return r;
}
int main(void) { printf("%ld\n", add(40, 2)); return 0; }
