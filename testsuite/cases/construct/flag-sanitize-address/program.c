#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int sum(const int *v, int n) { int s = 0; while (n--) s += *v++; return s; }
int main(void) { int *v = calloc(4, sizeof *v); v[3] = 6; int w[2] = { 1, 2 }; printf("%d %d\n", sum(v, 4), sum(w, 2)); free(v); return 0; }
