#include <stdio.h>
int run(const unsigned char *p)
{
	static const int off[] = { &&a - &&a, &&b - &&a, &&c - &&a };
	int n = 0;
	for (;;) {
		goto *(&&a + off[*p++]);
	a:	return n;
	b:	n += 1; continue;
	c:	n += 10; continue;
	}
}
int main(void) { printf("%d\n", run((const unsigned char *)"\1\2\2\0")); return 0; }
