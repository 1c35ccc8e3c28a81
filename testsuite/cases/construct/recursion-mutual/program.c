#include <stdio.h>
static int odd(int); static int even(int n) { return n ? odd(n - 1) : 1; } static int odd(int n) { return n ? even(n - 1) : 0; }
int main(int argc, char **argv) { if (argc > 5) return main(argc - 1, argv); printf("%d %d\n", even(10), odd(7)); return 0; }
