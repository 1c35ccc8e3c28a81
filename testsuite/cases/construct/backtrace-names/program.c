#include <stdio.h>
#include <string.h>
#include <execinfo.h>
__attribute__((noinline)) int inner(void) { void *b[8]; int n = backtrace(b, 8); char **s = backtrace_symbols(b, n); int found = 0; for (int i = 0; i < n; i++) if (strstr(s[i], "main")) found = 1; return found; }
int main(void) { int r = inner(); printf("%d\n", r); return 0; }
