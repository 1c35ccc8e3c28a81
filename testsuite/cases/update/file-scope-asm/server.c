#include <serve.h>

__asm__(".globl from_assembly\n"
        ".type from_assembly, %object\n"
        ".size from_assembly, 4\n"
        ".section .rodata\n"
        ".balign 4\n"
        "from_assembly: .long 77\n"
        ".text\n");

extern const int from_assembly;

static void answer(const char *text)
{
#if VERSION == 1
    say("%d %s", from_assembly, text);
#else
    say("assembly says %d", from_assembly);
#endif
}

SERVE(answer)
