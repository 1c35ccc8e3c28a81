#include <stdio.h>
static __inline__ __const int f(__signed__ char c) { __volatile__ int v = c; return v; } static __inline int g(char *__restrict p) { return *p; } __const__ int k = 4;
int main(void) { char c = 5; __asm__ __volatile__ ("" : : : "memory"); printf("%d %d %d %zu\n", f(-3), g(&c), k, __alignof(int)); return 0; }
