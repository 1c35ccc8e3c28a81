/* work.c - the machine computes Fibonacci's numbers, the slow way. */
#include "serve.h"
#include "vm.h"

/* In a frame: -3 is the argument. A call goes on behind itself, as returning adds two. */
static const int fibonacci[] = {
    VM_CALL, 4, /* 0: with the argument that the machine was given */
    VM_HALT, 0, /* 2 */
    VM_LOAD, -3, /* 4: n < 2 ? */
    VM_PUSH, 2, /* 6 */
    VM_LESS, 0, /* 8 */
    VM_JUMP_ZERO, 16, /* 10 */
    VM_LOAD, -3, /* 12 */
    VM_RETURN, 0, /* 14 */
    VM_LOAD, -3, /* 16: f(n - 1) */
    VM_PUSH, 1, /* 18 */
    VM_SUB, 0, /* 20 */
    VM_CALL, 4, /* 22 */
    VM_LOAD, -3, /* 24: f(n - 2) */
    VM_PUSH, 2, /* 26 */
    VM_SUB, 0, /* 28 */
    VM_CALL, 4, /* 30 */
    VM_ADD, 0, /* 32 */
    VM_RETURN, 0, /* 34 */
};

static struct vm vm;

void work_start(void)
{
}

unsigned int work_round(unsigned int seed)
{
    return (unsigned int)vm_run(&vm, fibonacci, 17 + seed % 2);
}
