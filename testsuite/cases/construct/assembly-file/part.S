#define ADD 100
	.text
	.globl from_asm
#if defined __x86_64__
	.type from_asm, @function
from_asm:
	sub $8, %rsp
	call back@PLT
	add $8, %rsp
	add $ADD, %eax
	ret
#else
	.type from_asm, %function
from_asm:
	stp x29, x30, [sp, -16]!
	bl back
	add w0, w0, ADD
	ldp x29, x30, [sp], 16
	ret
#endif
	.size from_asm, . - from_asm
	.section .note.GNU-stack,"",%progbits
