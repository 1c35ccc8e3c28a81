#include <stdio.h>
typedef struct { int a; } base;
struct derived { base; int c; };
static int get(base *b) { return b->a; }
int main(void) { struct derived d = { { 4 }, 5 }; printf("%d %d\n", get(&d), d.base.a); return 0; }
