#include <stdio.h>
static void *buf[5]; static __attribute__((noinline)) void go(void) { __builtin_longjmp(buf, 1); }
static int f(void) { if (__builtin_setjmp(buf) == 0) { go(); return 0; } return 4; }
int main(void) { printf("%d\n", f()); return 0; }
