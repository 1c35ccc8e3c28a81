#include <stdio.h>
#include <stdalign.h>
#include <assert.h>
static_assert(sizeof(int) >= 2, "int");
struct s { alignas(32) int x; _Static_assert(1, "in a struct"); };
int main(void) { _Static_assert(alignof(struct s) == 32, "s"); printf("%zu\n", sizeof(struct s)); return 0; }
