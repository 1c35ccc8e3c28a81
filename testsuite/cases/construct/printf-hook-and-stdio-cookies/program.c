#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
static ssize_t put(void *c, const char *b, size_t n) { *(int *)c += (int)n; (void)b; return (ssize_t)n; }
int main(void) { int n = 0; FILE *f = fopencookie(&n, "w", (cookie_io_functions_t){ .write = put }); fprintf(f, "hello"); fclose(f); printf("%d\n", n); return 0; }
