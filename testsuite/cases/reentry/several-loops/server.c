#include <serve.h>

/* Loops are matched by order where there are as many as before, else by what they call. */
static int one(void)
{
    return next_line();
}

static int two(void)
{
    return next_line();
}

int main(void)
{
    int came, number = 0;

#if VERSION == 3
    while ((came = next_line()) >= 0)
        if (came)
            break;
    say("zero %d", number);
#endif
    while ((came = one()) >= 0) {
        if (!came)
            continue;
        number++;
        if (strcmp(line, "next") == 0)
            break;
        say(VERSION == 1 ? "one %d" : VERSION == 2 ? "one: %d" : "one; %d", number);
    }
    while ((came = two()) >= 0) {
        if (!came)
            continue;
        number += 10;
        say(VERSION == 1 ? "two %d" : VERSION == 2 ? "two: %d" : "two; %d", number);
    }
    return 0;
}
