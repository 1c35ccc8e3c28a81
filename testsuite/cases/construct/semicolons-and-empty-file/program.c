;
#include <stdio.h>
;;
struct s { int a;; int b; };
static int f(void) { ;;; { } ; return 3; };
int v;
;
int main(void) { struct s w = { 1, 2 }; printf("%d %d\n", f(), w.b); return 0; }
