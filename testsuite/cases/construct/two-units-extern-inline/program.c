#include <stdio.h>
#include "both.h"
int far(int);
int main(void) { printf("%d %d\n", twice(2), far(3)); return 0; }
