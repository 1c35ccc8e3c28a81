#include <stdio.h>
static int n; static long l;
int main(void) { __sync_fetch_and_add(&n, 3); __atomic_store_n(&l, 9, __ATOMIC_RELEASE); int e = 3; int ok = __atomic_compare_exchange_n(&n, &e, 8, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED); __sync_synchronize(); printf("%d %ld %d\n", n, __atomic_load_n(&l, __ATOMIC_ACQUIRE), ok); return 0; }
