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
    .long 7
    .long 4
    .fill 32, 1, IDENTITY
1:  .quad 2f - 1b
3:  .quad 6f - 3b
    .long 7, 50
    .long 0, 0
2:  .long 0
5:  .long 7f - 5b
    .long 1
3:  .long 8f - 3b
    .long 2
4:  .long 9f - 4b
    .long 3
1:  .long 2f - 1b
    .balign 8
    .macro function name, number
    .quad \name - .
    .long \number, 0
    .endm
6:  function main, 50
    function shared, 51
    function blamed, 52
    function other, 53
    function compare, 54
    function sorting, 55
    function blamed_sorting, 56
7:  .asciz "first loop"
8:  .asciz "main loop"
9:  .asciz "other loop"
2:  .asciz "shared loop"
    .section .note.GNU-stack,"",@progbits
