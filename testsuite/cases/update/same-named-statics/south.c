#include <stdio.h>

static int visits = 100;

static const char *tag(void)
{
#if VERSION == 1
    return "south";
#else
    return "deep south";
#endif
}

void south(void)
{
    printf("%s %d\n", tag(), ++visits);
    fflush(stdout);
}
