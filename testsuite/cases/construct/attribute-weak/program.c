#include <stdio.h>
__attribute__((weak)) int maybe(void);
int given(void) __attribute__((weak));
int given(void) { return 3; }
extern int absent __attribute__((weak));
int __attribute__((weak)) value = 8;
#pragma weak later
int later(void);
int main(void) { printf("%d %d %d %d %d\n", maybe != 0, given(), &absent != 0, value, later != 0); return 0; }
