#include <stdio.h>
static int n;
static void __attribute__((constructor)) first(void) { n = 5; }
__attribute__((constructor(200))) static void early(void) { puts("early"); }
__attribute__((destructor)) static void last(void) { printf("last %d\n", n); }
int main(void) { printf("%d\n", n++); return 0; }
