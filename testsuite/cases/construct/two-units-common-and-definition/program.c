#include <stdio.h>
int value; extern char text[];
int main(void) { printf("%d %s\n", value, text); return 0; }
