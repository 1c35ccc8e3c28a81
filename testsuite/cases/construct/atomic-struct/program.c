#include <stdio.h>
#include <stdatomic.h>
struct pair { int a, b; };
static _Atomic struct pair s;
int main(void) { struct pair v = { 1, 2 }; atomic_store(&s, v); struct pair w = atomic_load(&s); printf("%d %d %zu\n", w.a, w.b, sizeof s); return 0; }
