#include <stdio.h>
static int next(void) { static int n; return n++; }
static const char *or(const char *a, const char *b) { return a ?: b; }
int main(void) { int a = next() ?: 7; int b = next() ?: 8; printf("%d %d %s %s %d\n", a, b, or(0, "none"), or("some", ""), a ? : b); return 0; }
