#include <stdio.h>
static int f(int x) { if (x) goto out; x = 5; out: __attribute__((unused)); x++; unused_label: __attribute__((unused)) return x; }
int main(void) { printf("%d %d\n", f(0), f(1)); return 0; }
