#include <stdio.h>
int f(int k)
{
	void *to = k ? &&yes : &&no;
	goto *to;
yes:	return 10;
no:	return 20;
}
int main(void) { printf("%d %d\n", f(1), f(0)); return 0; }
