#include <stdio.h>
#include <stdatomic.h>
static _Atomic int n;
static _Atomic(long) m = 5;
static atomic_uint u = ATOMIC_VAR_INIT(3);
static int bump(void) { n += 2; m -= 1; return atomic_fetch_add(&u, 4); }
int main(void) { bump(); bump(); printf("%d %ld %u\n", n, (long)m, atomic_load(&u)); return 0; }
