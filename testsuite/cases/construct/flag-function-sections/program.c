#include <stdio.h>
int unused(void) { return 1; } int used(void) { return 2; } int v = 4, w = 5;
int main(void) { printf("%d\n", used() + v); return 0; }
