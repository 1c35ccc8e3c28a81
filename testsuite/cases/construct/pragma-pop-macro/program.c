#include <stdio.h>
#define X 1
#pragma push_macro("X")
#undef X
#define X 2
static int two = X;
#pragma pop_macro("X")
int main(void) { printf("%d %d\n", X, two); return 0; }
