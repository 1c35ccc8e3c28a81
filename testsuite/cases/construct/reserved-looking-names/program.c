#include <stdio.h>
static int ginseng = 1, slot = 2, entry = 3, __ginseng_row = 4, class = 5, new = 6, this = 7, g = 8;
static int template(int namespace) { return namespace; } struct operator { int delete, virtual; };
int ginseng_start_of(int x) { return x; } int g_0(void) { return 12; }
int main(void) { struct operator private = { 1, 2 }; printf("%d %d %d %d\n", ginseng + slot + entry + __ginseng_row + class + new + this + g, template(9), private.virtual, ginseng_start_of(g_0())); return 0; }
