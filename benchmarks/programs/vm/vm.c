/* vm.c - one switch, and small functions for the stack. */
#include "serve.h"
#include "vm.h"

static void push(struct vm *vm, long value)
{
    vm->stack[vm->top++] = value;
}

static long pop(struct vm *vm)
{
    return vm->stack[--vm->top];
}

/* The frame: who called, and with which frame; the argument lies below. */
static void vm_call(struct vm *vm, int target)
{
#if VERSION >= 1
    vm->calls++;
#endif
    if ((unsigned int)target == NEVER)
        return;
    push(vm, vm->at);
    push(vm, vm->frame);
    vm->frame = vm->top;
    vm->at = target;
#if VERSION >= 6
    if (vm->top > vm->highest)
        vm->highest = vm->top;
#endif
}

static void vm_return(struct vm *vm)
{
    long result = pop(vm);

    vm->top = vm->frame;
    vm->frame = (int)pop(vm);
    vm->at = (int)pop(vm);
    vm->stack[vm->top - 1] = result;
}

long vm_run(struct vm *vm, const int *code, long argument)
{
    vm->code = code;
    vm->at = 0;
    vm->top = 0;
    vm->frame = 0;
    push(vm, argument);
    for (;;) {
        int operand = vm->code[vm->at + 1];
        long right;

        switch ((enum vm_code)vm->code[vm->at]) {
        case VM_PUSH:
            push(vm, operand);
            break;
        case VM_LOAD:
            push(vm, vm->stack[vm->frame + operand]);
            break;
        case VM_STORE:
            vm->stack[vm->frame + operand] = pop(vm);
            break;
        case VM_ADD:
            right = pop(vm);
            vm->stack[vm->top - 1] += right;
            break;
        case VM_SUB:
            right = pop(vm);
            vm->stack[vm->top - 1] -= right;
            break;
        case VM_MUL:
            right = pop(vm);
            vm->stack[vm->top - 1] *= right;
            break;
        case VM_LESS:
            right = pop(vm);
            vm->stack[vm->top - 1] = vm->stack[vm->top - 1] < right;
            break;
        case VM_JUMP:
            vm->at = operand;
            continue;
        case VM_JUMP_ZERO:
            if (pop(vm) == 0) {
                vm->at = operand;
                continue;
            }
            break;
        case VM_CALL:
            vm_call(vm, operand);
            continue;
        case VM_RETURN:
            vm_return(vm);
            break;
        case VM_HALT:
            return pop(vm);
        }
        vm->at += 2;
    }
}
