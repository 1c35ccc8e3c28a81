#include <stdio.h>
int f(int);
int main(void) { printf("%d\n", f(3)); return 0; }
