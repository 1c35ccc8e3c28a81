#include <stdio.h>
static int $price = 3; static int sum$of(int a$1, int $2) { return a$1 + $2; }
struct s$t { int f$1; };
int main(void) { struct s$t v = { 5 }; printf("%d %d\n", sum$of($price, 4), v.f$1); return 0; }
