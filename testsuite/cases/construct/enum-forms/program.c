#include <stdio.h>
enum color { RED, GREEN = 5, BLUE, LAST = BLUE + 10, NEG = -1, }; enum big { HUGE_ = 0x100000000 }; enum { ANON = 'x' }; static enum color c = BLUE;
static int f(enum color c) { enum color { OWN = 77 }; return c == BLUE ? OWN : 0; }
enum fwd; enum fwd *fp; enum fwd { F1 };
int main(void) { printf("%d %d %d %zu %d %d\n", f(c), LAST, NEG, sizeof(enum big), ANON, F1); return 0; }
