#include <stdio.h>
#include <setjmp.h>
static jmp_buf env; static sigjmp_buf senv; static int depth(int n) { if (!n) longjmp(env, 5); return depth(n - 1) + 1; }
static int outer(void) { volatile int k = 1; switch (setjmp(env)) { case 0: k = 2; depth(4); break; case 5: return k * 10; } return -1; }
int main(void) { printf("%d\n", outer()); if (!sigsetjmp(senv, 1)) siglongjmp(senv, 1); puts("back"); return 0; }
