#include <stdio.h>
int f();
int g(void) { return f(1, 2); }
int f(int a, int b) { return a * 10 + b; }
int main() { printf("%d\n", g()); return 0; }
