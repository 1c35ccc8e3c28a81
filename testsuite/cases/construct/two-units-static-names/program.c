#include <stdio.h>
static int helper(void) { return 1; } static int state = 10; int other(void);
int main(void) { state++; printf("%d %d %d\n", helper(), state, other()); return 0; }
