#include <stdio.h>
int real(int x) { return x + 10; }
int other(int x) __attribute__((alias("real")));
extern int weakly(int x) __attribute__((weak, alias("real")));
static int hidden(int x) { return x * 2; }
int shown(int x) __attribute__((alias("hidden")));
int number = 6;
extern int same __attribute__((alias("number")));
int main(void) { same++; printf("%d %d %d %d\n", other(1), weakly(2), shown(4), number); return 0; }
