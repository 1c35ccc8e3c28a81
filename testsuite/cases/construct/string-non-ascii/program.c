#include <stdio.h>
static const char *s = "grün €"; /* Kommentar: ü */
int größe = 3;
static int käse(int ß) { return ß + größe; }
int main(void) { printf("%s %d\n", s, käse(4)); return 0; }
