#include <stdio.h>
static int old(void) __attribute__((deprecated("use new")));
static int old(void) { return 1; }
enum e { A __attribute__((deprecated)), B __attribute__((unused)) = 4 };
struct s { int x __attribute__((deprecated)); int y; };
int main(void) { struct s v = { 1, 2 }; printf("%d %d %d\n", old(), v.y, B); return 0; }
