#include <serve.h>

static void add(int *value)
{
    *value += 1;
}

static void twice(int *value)
{
#if VERSION == 1
    *value *= 2;
#else
    *value *= 3;
#endif
}

/* Not const: it may be changed by the program, and the pointers in it must stay good. */
static void (*operations[2])(int *) = { add, twice };
static int value = 1;

static void answer(const char *text)
{
    for (; *text; text++)
        operations[*text == 'm'](&value);
    say("%d", value);
}

SERVE(answer)
