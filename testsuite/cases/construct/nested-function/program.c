#include <stdio.h>
static int apply(int (*f)(int), int x) { return f(x); }
int sum(int n)
{
	int base = 100;
	int add(int x) { return base + x; }
	return apply(add, n) + add(1);
}
int other(int x) { return x - 1; }
int main(void) { printf("%d %d\n", sum(5), other(3)); return 0; }
