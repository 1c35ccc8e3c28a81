#include <stdio.h>
static int depth, most;
__attribute__((no_instrument_function)) void __cyg_profile_func_enter(void *f, void *c) { (void)f; (void)c; if (++depth > most) most = depth; }
__attribute__((no_instrument_function)) void __cyg_profile_func_exit(void *f, void *c) { (void)f; (void)c; depth--; }
static __attribute__((noinline)) int f(int x) { return x + 1; }
int main(void) { int r = f(1); printf("%d %d\n", r, most); return 0; }
