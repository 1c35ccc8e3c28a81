#include <stdio.h>
static int f(void) { return 1; } static int v[3];
static long diff = (char *)&v[2] - (char *)&v[0]; static unsigned long a = (unsigned long)&f; static int (*const p)(void) = 1 ? f : 0; static void *q = (void *)f;
int main(void) { printf("%ld %d %d %d\n", diff, a == (unsigned long)f, p(), q == (void *)p); return 0; }
