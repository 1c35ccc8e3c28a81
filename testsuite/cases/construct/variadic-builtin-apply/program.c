#include <stdio.h>
static int target(int a, int b) { return a * 10 + b; }
static int forward(int a, int b) { void *args = __builtin_apply_args(); void *r = __builtin_apply((void (*)())target, args, 64); __builtin_return(r); }
int main(void) { printf("%d\n", forward(4, 2)); return 0; }
