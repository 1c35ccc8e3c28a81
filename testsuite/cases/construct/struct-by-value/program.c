#include <stdio.h>
struct big { long v[8]; }; struct mix { float f; double d; char c; }; struct one { char c; };
static struct big add(struct big a, struct one o) { for (int i = 0; i < 8; i++) a.v[i] += o.c; return a; } static struct mix mk(float f) { struct mix m = { f, f * 2, 'x' }; return m; }
int main(void) { struct big b = add((struct big){ { 1, 2, 3 } }, (struct one){ 10 }), c = b; struct mix m = mk(1.5f); printf("%ld %ld %.1f %.1f %ld\n", b.v[2], c.v[7], m.f, mk(2).d, add(c, (struct one){ 1 }).v[0]); return 0; }
