#include <stdio.h>
static char c = (char)200;
enum { N = (char)-1 > 0 };
struct s { char f : 4; };
int main(void) { struct s v = { 15 }; printf("%d %d %d\n", c, N, v.f); return 0; }
