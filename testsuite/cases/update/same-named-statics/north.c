#include <stdio.h>

static int visits;

static const char *tag(void)
{
    return "north";
}

void north(void)
{
    printf("%s %d\n", tag(), ++visits);
    fflush(stdout);
}
