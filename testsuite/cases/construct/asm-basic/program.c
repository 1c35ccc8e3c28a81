#include <stdio.h>
static int f(void) { asm volatile ("nop"); __asm__ ("nop\n\tnop"); __asm ("# comment { } \" ;"); return 4; }
int main(void) { printf("%d\n", f()); return 0; }
