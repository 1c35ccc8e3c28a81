#include <unistd.h>
int missing(int);
extern int absent;
int handle(int n) { return missing(n) + absent; }
int (*table[])(int) = { handle };
int twice = 1;
static int stat(void) { return missing(3); }
int main(void) { char c; while (read(0, &c, 1) == 1) if (table[0](c) + stat()) return 1; return 0; }
