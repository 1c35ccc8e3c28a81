#include <stdio.h>
static int n = 2;
static int next(void) { return ++n; }
int main(void) { size_t s = sizeof(int[next()]); typedef char row[next()]; row r; printf("%zu %zu %d\n", s / sizeof(int), sizeof r, n); return 0; }
