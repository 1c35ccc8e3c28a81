#include <stdio.h>
struct s { int a; } __attribute__((aligned(8)));
static struct s v __attribute__(()) = { 4 };
static __attribute__((, unused)) int w = 2;
int main(void) { printf("%zu %d %d\n", sizeof v, v.a, w); return 0; }
