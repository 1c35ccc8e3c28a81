#include <stdio.h>
int f(int);
extern int v;
int main(void) { v++; printf("%d\n", f(v)); return 0; }
