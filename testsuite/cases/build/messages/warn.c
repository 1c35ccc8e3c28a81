#include <stdio.h>

#define TWICE(x) ((x) + (x) + unused_in_macro)

static int unused(int number)
{
    return number;
}

int main(void)
{
    int unused_in_macro = 1;
    char letter = 300;
    unsigned count = 3;

    printf("%s\n", 5);
    if (count > -1)
        puts("always");
    return TWICE(letter);
}
