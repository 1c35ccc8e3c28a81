#include <stdio.h>
typedef int (*op)(int, int);
static int add(int a, int b) { return a + b; } static int sub(int a, int b) { return a - b; }
static const struct { char c; op f; } ops[] = { { '+', add }, { '-', &sub } };
static op pick(char c) { for (unsigned i = 0; i < 2; i++) if (ops[i].c == c) return ops[i].f; return 0; }
int main(void) { printf("%d %d %d %d\n", pick('+')(4, 2), (*pick('-'))(4, 2), (**add)(1, 1), add == ops[0].f); return 0; }
