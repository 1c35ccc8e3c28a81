#include <stdio.h>
static int f(int x)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-variable"
	int unused;
#pragma GCC diagnostic pop
#pragma GCC unroll 4
	for (int i = 0; i < 8; i++) x += i;
#pragma GCC ivdep
	while (x > 30)
		x--;
	if (x)
#pragma message "here"
		x++;
	return x;
}
int main(void) { printf("%d\n", f(3)); return 0; }
