/* Parameters declared behind the list, some not at all. */
#include <stdio.h>
int add(a, b, c)
	int a;
	char *b;
	long c;
{
	return a + *b + (int)c;
}
double half(d, n) double d; { return d / n; }
int main(void) { printf("%d %.2f\n", add(1, "\002", 3L), half(5.0, 2)); return 0; }
