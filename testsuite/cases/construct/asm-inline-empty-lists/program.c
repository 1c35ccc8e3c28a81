static int f(int x) { asm inline ("" ::: "memory"); asm volatile inline ("" : "+r" (x) : ); asm volatile ("" :: "r" (x), "m" (x)); return x; }
#include <stdio.h>
int main(void) { printf("%d\n", f(8)); return 0; }
