#include <stdio.h>
static int none[0]; static int after = 5; static char pad[] = { [0 ... 3] = 'x', 0 }; static struct { int n; int v[]; } f = { 3, { [0 ... 2] = 8 } };
int main(void) { printf("%zu %d %s %d\n", sizeof none, after, pad, f.v[2]); return 0; }
