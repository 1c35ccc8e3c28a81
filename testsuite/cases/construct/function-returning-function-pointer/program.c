#include <stdio.h>
static int one(int x) { return x + 1; }
static int (*get(int k))(int) { return k ? one : 0; }
static int (*(*getter)(int))(int) = get;
static int (*arr(void))[3] { static int v[3] = { 7, 8, 9 }; return &v; }
int main(void) { printf("%d %d %d\n", get(1)(5), getter(1)(6), (*arr())[2]); return 0; }
