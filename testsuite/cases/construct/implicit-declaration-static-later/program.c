#include <stdio.h>
int use(void);
int main(void) { printf("%d %d\n", use(), abs(-3)); return 0; }
int use(void) { return helper(4) + helper(5); }
int helper(int x) { return x * 3; }
