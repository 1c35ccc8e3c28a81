#include <stdio.h>
struct n { struct n *self; int (*f)(void); }; static int g(void) { return 3; }
static int f(void) { static struct n v = { &v, g }; static int w[] = { 1, 2, 3 }, *e = w + 2; static char *s[] = { "a", "bc" }; extern int puts(const char *); return v.self->f() + *e + s[1][1]; }
int main(void) { printf("%d\n", f()); return 0; }
