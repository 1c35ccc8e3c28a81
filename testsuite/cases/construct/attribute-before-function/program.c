#include <stdio.h>
__attribute__((noinline)) static int f(int x) { return x + 1; }
static __attribute__((noinline, cold)) int g(int x) { return x + 2; }
static int __attribute__((__noinline__)) __attribute__((hot)) h(int x) { return x + 3; }
int main(void) { printf("%d %d %d\n", f(1), g(1), h(1)); return 0; }
