#include <stdio.h>
#pragma redefine_extname given taken
int given(int);
int taken_c(int x) __asm__("taken");
int taken_c(int x) { return x + 100; }
int main(void) { printf("%d\n", given(1)); return 0; }
