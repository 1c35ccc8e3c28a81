#include <stdio.h>
int main(void) { extern int later(int); int early(void); extern int value; { int value = 3; (void)value; { extern int value; value++; } } printf("%d %d %d\n", later(1), early(), value); return 0; }
int value = 5; int later(int x) { return x + 1; } int early(void) { return 4; }
