/* Assembly that names a static function: it must be kept, and found. */
#include <stdio.h>
static int __attribute__((used)) helper(void) { return 11; }
#if defined __x86_64__
asm (".text\n.globl through\nthrough:\n\tsub $8, %rsp\n\tcall helper\n\tadd $8, %rsp\n\tret");
#else
asm (".text\n.globl through\nthrough:\n\tstp x29, x30, [sp, -16]!\n\tbl helper\n\tldp x29, x30, [sp], 16\n\tret");
#endif
int through(void);
int main(void) { printf("%d\n", through()); return 0; }
