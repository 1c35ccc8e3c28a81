#include <stdio.h>
#define S(x) S2(x)
#define S2(x) #x
static size_t value = 6;
int main(void) { printf("%zu %s\n", NAME, S(TEXT)); return 0; }
