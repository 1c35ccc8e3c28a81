#include <stdio.h>
#include <stdarg.h>
struct p { long a, b, c; };
static long sum(int n, ...) { va_list a, b; long s = 0; va_start(a, n); va_copy(b, a); while (n--) s += va_arg(a, int); s += va_arg(b, int); struct p q = va_arg(a, struct p); s += q.c; double d = va_arg(a, double); va_end(a); va_end(b); return s + (long)d; }
static int out(const char *f, ...) { va_list a; va_start(a, f); int r = vprintf(f, a); va_end(a); return r; }
int main(void) { out("%ld %s\n", sum(2, 3, 4, (struct p){ 1, 2, 50 }, 8.5), "end"); return 0; }
