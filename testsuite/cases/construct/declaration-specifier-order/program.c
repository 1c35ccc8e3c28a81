#include <stdio.h>
int static const unsigned long a = 3; long typedef int unsigned U; int extern b; char const *const volatile c = "s"; short signed int d = -1; long long unsigned e = 7; double long f = 1.5; int b = 2;
int inline static g(void) { return 9; }
int main(void) { U u = 5; printf("%lu %lu %d %s %d %llu %.1Lf %d\n", a, u, b, (const char *)c, d, e, f, g()); return 0; }
