#include <serve.h>

#include <time.h>

static int count;

/* Computes without a blocking call until a line is there: no update point is passed. */
static void busy(void)
{
    struct pollfd input = { 0, POLLIN, 0 };

    while (poll(&input, 1, 0) == 0)
        ;
}

static void answer(const char *text)
{
    count++;
    say(VERSION == 1 ? "%d %s" : "number %d: %s", count, text);
    if (strcmp(text, "busy") == 0)
        busy();
}

SERVE(answer)
