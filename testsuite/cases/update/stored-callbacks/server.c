#include <serve.h>

#include <stdlib.h>

struct timer {
    void (*fire)(const char *text);
};

static int order(const void *left, const void *right)
{
#if VERSION == 1
    return *(const char *)left - *(const char *)right;
#else
    return *(const char *)right - *(const char *)left;
#endif
}

static void fire(const char *text)
{
#if VERSION == 1
    say("fire %s", text);
#else
    say("gentle fire %s", text);
#endif
}

static void at_end(void)
{
#if VERSION == 1
    say("old end");
#else
    say("new end");
#endif
}

static struct timer *timer;

static void answer(const char *text)
{
    static char copy[64];

    if (timer == NULL) {
        timer = malloc(sizeof *timer);
        timer->fire = fire;
        atexit(at_end);
    }
    snprintf(copy, sizeof copy, "%s", text);
    qsort(copy, strlen(copy), 1, order);
    timer->fire(copy);
}

SERVE(answer)
