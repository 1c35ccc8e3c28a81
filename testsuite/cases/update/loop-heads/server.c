#include <serve.h>

static int count;

static void answer(const char *text)
{
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

static int step(void)
{
    int came = next_line();

    if (came > 0)
        answer(line);
    return came >= 0;
}

#ifndef HEAD
#error "flags of session.txt choose the loop"
#endif

int main(void)
{
#if HEAD == 1
    do
        ;
    while (step());
#elif HEAD == 2
    do {
        if (!step())
            break;
    } while (1);
#elif HEAD == 3
    for (;;)
        if (!step())
            return 0;
#elif HEAD == 4
    for (int turns = 0; step(); turns++)
        continue;
#elif HEAD == 5
    while (1) {
        if (step())
            continue;
        break;
    }
#elif HEAD == 6
again:
    for (; ; ) {
        for (int i = 0; i < 3; i++)
            if (!step())
                return 0;
        goto again;
    }
#elif HEAD == 7
    int going;

    while (going = step(), going)
        ;
#elif HEAD == 8
    switch (count)
    case 0:
        do {
            if (!step())
                return 0;
    case 1:
            ;
        } while (count >= 0);
#endif
    return 0;
}
