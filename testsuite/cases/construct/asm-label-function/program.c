#include <stdio.h>
int visible(int x) __asm__("hidden_name");
int visible(int x) { return x * 2; }
extern int again(int x) asm("hidden_name");
int main(void) { printf("%d %d\n", visible(2), again(3)); return 0; }
