#include <stdio.h>
static int a(void) { return __LINE__; }
#line 500 "made/up.y"
static int b(void) { return __LINE__; }
static const char *f(void) { return __FILE__; }
# 7 "other.l"
static int c(void) { return __LINE__; }
int main(void) { printf("%d %d %s %d %s\n", a(), b(), f(), c(), __func__); return 0; }
