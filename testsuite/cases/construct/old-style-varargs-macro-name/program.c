#include <stdio.h>
static int (*f)(const char *, ...) = printf;
static int shout(const char *fmt, int a) { return f(fmt, a); }
int main(void) { shout("%d\n", 5); (&printf)("%s\n", "amp"); (*puts)("star"); return 0; }
