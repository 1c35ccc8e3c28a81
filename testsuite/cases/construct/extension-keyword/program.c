#include <stdio.h>
__extension__ typedef long long ll; __extension__ struct s { int a; __extension__ union { int b; float c; }; }; static int f(int x) { return __extension__ (x + 1); }
int main(void) { struct s v = { 1, { 2 } }; int r = __extension__ ({ int t = f(3); t; }); __extension__ ll q = 5; printf("%d %d %lld %d\n", v.b, r, q, __extension__ (char)300); return 0; }
