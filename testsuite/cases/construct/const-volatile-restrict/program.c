#include <stdio.h>
static const volatile int cv = 3; static int *const volatile p = (int *)&cv; static void copy(char *restrict to, const char *__restrict__ from, int n) { while (n--) *to++ = *from++; } static int f(const int a, volatile int b, int v[const restrict]) { b += a; return b + v[0]; }
int main(void) { char b[4] = ""; int v[] = { 5 }; copy(b, "abc", 3); printf("%s %d %d\n", b, f(1, 2, v), *p); return 0; }
