#include <stdio.h>
int fact(int n)
{
	auto int inner(int);
	int r = inner(n);
	int inner(int k) { return k <= 1 ? 1 : k * inner(k - 1); }
	return r;
}
int main(void) { printf("%d\n", fact(5)); return 0; }
