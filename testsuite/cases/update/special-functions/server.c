#include <serve.h>

static int started;

__attribute__((constructor)) static void at_start(void)
{
    started++;
}

__attribute__((weak)) int chosen(void)
{
    return 1;
}

int real_name(void)
{
    return 10;
}

int other_name(void) __attribute__((alias("real_name")));

int labelled(void) __asm__("name_of_the_linker");

int labelled(void)
{
    return 100;
}

__attribute__((noinline, cold, noreturn)) static void leave(void)
{
    _exit(3);
}

static void answer(const char *text)
{
    if (strcmp(text, "leave!") == 0)
        leave();
#if VERSION == 1
    say("%d started %d", chosen() + other_name() + labelled(), started);
#else
    say("sum %d, started %d", chosen() + other_name() + labelled() + real_name(), started);
#endif
}

SERVE(answer)
