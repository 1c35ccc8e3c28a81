#include <stdio.h>
int __attribute__((visibility("hidden"))) h(void) { return 1; }
__attribute__((visibility("protected"))) int p(void) { return 2; }
__attribute__((visibility("internal"))) int i(void) { return 3; }
#pragma GCC visibility push(hidden)
int q(void) { return 4; }
int data = 5;
#pragma GCC visibility pop
int main(void) { printf("%d %d %d %d %d\n", h(), p(), i(), q(), data); return 0; }
