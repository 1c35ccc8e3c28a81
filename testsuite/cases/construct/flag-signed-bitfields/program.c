#include <stdio.h>
struct s { int a : 3; signed b : 3; };
int main(void) { struct s v = { 7, -1 }; printf("%d %d\n", v.a, v.b); return 0; }
