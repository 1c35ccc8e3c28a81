#include <stdio.h>
int counter asm("the_counter") = 3;
extern int other __asm("the_counter");
static int local_one asm("renamed_static") = 4;
int main(void) { other++; printf("%d %d\n", counter, local_one); return 0; }
