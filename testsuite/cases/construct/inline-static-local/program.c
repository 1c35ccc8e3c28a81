#include <stdio.h>
static inline int count(void) { static int n; static const char *const names[] = { "a", "b" }; return ++n + (names[0][0] == 'a'); }
static inline int other(void) { static int n = 10; return ++n; }
int main(void) { count(); printf("%d %d\n", count(), other()); return 0; }
