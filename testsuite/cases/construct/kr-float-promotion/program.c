/* A float parameter is handed over as double. */
#include <stdio.h>
float scale(f, c) float f; char c; { return f * c; }
int main(void) { printf("%.1f\n", scale(1.5f, 4)); return 0; }
