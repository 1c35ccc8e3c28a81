#include <stdio.h>
#define A(x) ((((((((((x))))))))))
#define B(x) A(A(A(A(A(A(A(A(A(A(x))))))))))
#define C(x) B(B(B(B(B(B(B(B(B(B(B(B(x))))))))))))
static int one(int x) { return x + 1; }
static int deep(int x) { return B(B(B(x))); }
static int deeper(int x) { return C(one(x)); }
int main(void) { printf("%d %d %d\n", one(1), deep(2), deeper(3)); return 0; }
