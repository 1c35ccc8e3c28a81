/* vm.h - a machine for byte code with a stack. */
#ifndef VM_H
#define VM_H

enum vm_code {
    VM_PUSH, VM_LOAD, VM_STORE, VM_ADD, VM_SUB, VM_MUL, VM_LESS, VM_JUMP, VM_JUMP_ZERO, VM_CALL,
    VM_RETURN, VM_HALT
};

struct vm {
    const int *code;
    int at;
#if VERSION >= 1
    unsigned long calls;
#endif
    int top;
    int frame;
    long stack[1024];
#if VERSION >= 6
    int highest;
#endif
};

/* Runs a program from its start; what lies on top at its end. */
long vm_run(struct vm *vm, const int *code, long argument);

#endif
