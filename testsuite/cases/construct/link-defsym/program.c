#include <stdio.h>
int original(int x) { return x + 6; }
int renamed(int);
int main(void) { printf("%d\n", renamed(1)); return 0; }
