#include <stdlib.h>
#include <stdio.h>
static void end(void) { fflush(stdout); abort(); }
int main(void) { puts("before"); end(); return 0; }
