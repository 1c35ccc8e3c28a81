#include <stdio.h>
typedef int v4 __attribute__((vector_size(16)));
int main(void) { v4 a = { 1, 2, 3, 4 }, b = { 5, 6, 7, 8 }, m = { 3, 4, 0, 7 }; v4 c = __builtin_shuffle(a, b, m); printf("%d %d %d %d\n", c[0], c[1], c[2], c[3]); return 0; }
