#include <stdio.h>
#include <stdatomic.h>
#include <stdbool.h>
static atomic_flag f = ATOMIC_FLAG_INIT;
static _Atomic(void *) p;
int main(void) { int x; void *old = 0; bool a = atomic_flag_test_and_set(&f), b = atomic_flag_test_and_set(&f); bool c = atomic_compare_exchange_strong(&p, &old, &x); atomic_thread_fence(memory_order_seq_cst); printf("%d %d %d %d\n", a, b, c, p == &x); return 0; }
