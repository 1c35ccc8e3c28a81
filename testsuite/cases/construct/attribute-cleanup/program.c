#include <stdio.h>
static void bye(int *p) { printf("bye %d\n", *p); }
static int f(int x) { int a __attribute__((cleanup(bye))) = x; { __attribute__((cleanup(bye))) int b = x + 1; if (x > 5) return b; } return a; }
int main(void) { printf("%d\n", f(1)); printf("%d\n", f(6)); return 0; }
