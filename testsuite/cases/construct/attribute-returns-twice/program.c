#include <stdio.h>
#include <setjmp.h>
static jmp_buf b;
static void back(int n) { longjmp(b, n); }
int main(void) { volatile int n = 0; int r = setjmp(b); printf("%d\n", r); if (n++ < 2) back(n); return 0; }
