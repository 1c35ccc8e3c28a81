#include <stdio.h>
static struct inner { int a; } f(struct param { int b; } *p) { (void)p; return (struct inner){ 5 }; }
static int g(void) { return sizeof(struct hidden { char c[3]; }); }
static int h(void) { for (struct { int i; } s = { 0 }; s.i < 3; s.i++) if (s.i == 2) return s.i; return 0; }
static union { int i; float x; } u = { .x = 1.0f };
int main(void) { struct hidden; printf("%d %d %d %x %d\n", f(0).a, g(), h(), u.i, (int)((enum { E1 = 3 })2 + E1)); return 0; }
