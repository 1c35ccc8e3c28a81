#include <stdio.h>
static void bye(int *p) { printf("bye %d\n", *p); }
static int f(int x) { int a __attribute__((cleanup(bye))) = x; return a; }
int main(void) { return f(0); }
