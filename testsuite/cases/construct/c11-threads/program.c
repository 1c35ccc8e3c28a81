#include <stdio.h>
#include <threads.h>
static int run(void *p) { return *(int *)p + 1; } static once_flag once = ONCE_FLAG_INIT; static int k; static void init(void) { k = 5; }
int main(void) { thrd_t t; int v = 3, r; thrd_create(&t, run, &v); thrd_join(t, &r); call_once(&once, init); printf("%d %d\n", r, k); return 0; }
