#include <ginseng.h>
#include <serve.h>

static int count;

static void answer(const char *text)
{
    count++;
    say(VERSION == 1 ? "%d %s" : "number %d: %s", count, text);
}

/* The point stands in a nested loop of a function that main calls: both are active. */
static int session(int id)
{
    int came;

    for (;;) {
        while ((came = next_line()) == 0)
            GINSENG_UPDATE_POINT("idle");
        if (came < 0)
            return id;
        answer(line);
    }
}

int main(void)
{
    return session(0);
}
