#include <stdio.h>
static int kind(int c) { switch (c) { case 'a' ... 'z': return 1; case '0' ... '9': return 2; case -5 ... -1: return 3; default: return 0; } }
int main(void) { printf("%d %d %d %d\n", kind('q'), kind('5'), kind(-3), kind('?')); return 0; }
