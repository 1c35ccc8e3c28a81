#include <stdio.h>
#define NAME(x) _Generic((x), int: "int", long: "long", double: "double", char *: "string", default: "other")
static int fi(int x) { return x + 1; }
static double fd(double x) { return x + 0.5; }
#define F(x) _Generic((x), int: fi, double: fd)(x)
int main(void) { printf("%s %s %s %s %s %d %.1f\n", NAME(1), NAME(1L), NAME(1.0), NAME("s"), NAME('c' == 1 ? (short *)0 : 0), F(1), F(1.0)); return 0; }
