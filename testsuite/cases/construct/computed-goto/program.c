#include <stdio.h>
int run(const char *code)
{
	static const void *const table[] = { &&stop, &&inc, &&dbl };
	int x = 1;
	goto *table[*code++];
inc:	x++; goto *table[(int)*code++];
dbl:	x *= 2; goto *table[(int)*code++];
stop:	return x;
}
int main(void) { printf("%d\n", run("\1\2\2\1\0")); return 0; }
