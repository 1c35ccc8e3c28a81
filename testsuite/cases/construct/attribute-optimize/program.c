#include <stdio.h>
__attribute__((optimize("O0"))) static int slow(int x) { return x + 1; }
#pragma GCC push_options
#pragma GCC optimize ("O3")
static int quick(int x) { return x + 2; }
#pragma GCC pop_options
int main(void) { printf("%d %d\n", slow(1), quick(1)); return 0; }
