#include <stdio.h>
#if defined __x86_64__
register long held asm("r15");
#else
register long held asm("x27");
#endif
static long get(void) { return held; }
int main(void) { long old = held; held = 77; long r = get(); held = old; printf("%ld\n", r); return 0; }
