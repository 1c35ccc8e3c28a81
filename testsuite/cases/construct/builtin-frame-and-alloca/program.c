#include <stdio.h>
#include <alloca.h>
#include <string.h>
static int f(int n) { char *p = alloca(n); memset(p, 3, n); char *q = __builtin_alloca_with_align(n, 128); q[0] = 1; return p[n - 1] + q[0] + (__builtin_frame_address(0) != 0) + (__builtin_return_address(0) != 0); }
int main(void) { printf("%d\n", f(9)); return 0; }
