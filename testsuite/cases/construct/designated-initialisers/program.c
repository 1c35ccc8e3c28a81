#include <stdio.h>
struct p { int x, y; struct { int a[3]; } in; };
static struct p v = { .y = 2, .in.a[1] = 5, .x = 1 };
static int t[10] = { [2] = 1, 2, [7 ... 9] = 4, [0] = 9 };
static struct p old = { x: 3, y: 4 };
static const char *names[] = { [1] = "one", [0] = "zero" };
int main(void) { printf("%d %d %d %d %d %s %d\n", v.in.a[1], t[3], t[8], t[0], old.y, names[1], (int)(sizeof t / sizeof *t)); return 0; }
