#include <stdio.h>
static int local(void) __attribute__((weakref("perhaps_somewhere")));
static int p(const char *) __attribute__((__weakref__("puts")));
int main(void) { printf("%d\n", local != 0); fflush(stdout); return p("through weakref") < 0; }
