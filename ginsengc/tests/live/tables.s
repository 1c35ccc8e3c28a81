# What the code generator emits for server.c: the entry, its slot, and the table of the program.
    .globl version
    .type version, @function
    .text
version:
    endbr64
    jmp *g.1(%rip)
    .size version, . - version

    .data
    .balign 8
    .globl g.1
    .type g.1, @object
    .size g.1, 8
g.1:
    .quad version_1

    .section .rodata
    .balign 8
    .globl ginseng_program
ginseng_program:
    .long 4
    .long 3
    .fill 32, 1, IDENTITY
1:  .quad 2f - 1b
2:  .long 0
5:  .long 7f - 5b
    .long 1
3:  .long 8f - 3b
    .long 2
4:  .long 9f - 4b
7:  .asciz "first loop"
8:  .asciz "main loop"
9:  .asciz "other loop"
    .section .note.GNU-stack,"",@progbits
