#include <stdio.h>
typedef int T; typedef struct list { int n; } list;
static int f(int T, int x) { T * x; return (T) + 1; }
static int g(list *list) { return list->n + (int)sizeof(list); }
static int h(void) { T T = 4; { typedef char T; T c = 5; return c + (int)sizeof(T); } return T; }
static int k(void) { enum { T = 6 }; return T; } static int l(void) { for (int T = 0; T < 3; T++) if (T == 2) return T; return 0; }
struct q { T T; list list; };
int main(void) { list v = { 3 }; struct q w = { 1, { 2 } }; printf("%d %d %d %d %d %d\n", f(2, 3), g(&v), h(), k(), l(), w.T + w.list.n); return 0; }
