#include <stdio.h>
#if defined __x86_64__
asm (".text\n.globl seven\n.type seven, @function\nseven:\n\tmov $7, %eax\n\tret\n.size seven, . - seven");
#else
asm (".text\n.globl seven\n.type seven, %function\nseven:\n\tmov w0, 7\n\tret\n.size seven, . - seven");
#endif
int seven(void);
__asm__ (".section .rodata\nvalue_from_asm: .long 5\n.globl value_from_asm\n.text");
extern const int value_from_asm;
int main(void) { printf("%d %d\n", seven(), value_from_asm); return 0; }
