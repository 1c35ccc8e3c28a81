#include <stdio.h>
static void nothing(void) {} static void again(int x) { return x ? nothing() : (void)0; } static int *const *const pp = &(int *const){ &(int){ 4 } };
int main(void) { again(1); again(0); (void)nothing; printf("%d %d\n", **pp, !nothing); return 0; }
