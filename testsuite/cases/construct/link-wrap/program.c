#include <stdio.h>
int target(int); int __real_target(int);
int __wrap_target(int x) { return __real_target(x) + 100; }
int main(void) { printf("%d\n", target(1)); return 0; }
