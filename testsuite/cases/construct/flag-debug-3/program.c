#include <stdio.h>
#define N 3
static int f(int x) { return x * N; }
int main(void) { printf("%d %d\n", f(2), __LINE__); return 0; }
