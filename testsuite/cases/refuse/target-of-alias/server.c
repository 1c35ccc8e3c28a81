#include <serve.h>

/* Both commands do the same, as in a shell's table of built-in commands. */
int foreground(int number)
{
#if VERSION == 2
    return number + 100;
#else
    return number + 1;
#endif
}

int background(int number) __attribute__((alias("foreground")));

static int (*const commands[])(int) = { foreground, background };

static void answer(const char *text)
{
    int number = (int)strlen(text);

#if VERSION == 3
    say("now %d %d", commands[number & 1](number), background(number));
#else
    say("%d %d", commands[number & 1](number), background(number));
#endif
}

SERVE(answer)
