#include <stdio.h>
typedef union { int *i; long *l; } any __attribute__((transparent_union));
static long get(any a) { return *a.i; }
int main(void) { int i = 5; long l = 6; printf("%ld %ld\n", get(&i), get(&l)); return 0; }
