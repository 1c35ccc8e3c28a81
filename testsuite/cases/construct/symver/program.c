#include <stdio.h>
__asm__(".symver old_puts,puts@GLIBC_2.2.5");
int old_puts(const char *);
int main(void) { return old_puts("versioned") < 0; }
