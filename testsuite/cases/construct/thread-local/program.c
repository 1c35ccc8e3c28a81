#include <stdio.h>
#include <pthread.h>
static __thread int a = 5;
__thread long b;
_Thread_local static char c[4] = "xyz";
extern __thread long b;
static void *run(void *arg) { a += 1; b += 2; *(int *)arg = a + (int)b + c[0]; return 0; }
int main(void) { int r; pthread_t t; a = 50; pthread_create(&t, 0, run, &r); pthread_join(t, 0); printf("%d %d %ld\n", r, a, b); return 0; }
