#include <stdio.h>
static int unix(int linux) { return linux + 1; }
static int i386 = 4, bool = 5, true = 6;
int main(void) { printf("%d %d\n", unix(1), i386 + bool + true); return 0; }
