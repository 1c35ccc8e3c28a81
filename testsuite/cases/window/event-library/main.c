#include <serve.h>

#include "events.h"

static int count;

#if VERSION == 1
static void answer(const char *text)
{
    say("%d %s", count, text);
}
#else
static void answer(int number, const char *text)
{
    say("number %d: %s", number, text);
}
#endif

static void on_line(const char *text)
{
    count++;
    if (strcmp(text, "ask") == 0) {
        say("which?");
        ev_turn();
    }
    if (strcmp(text, "run") == 0) {
        ev_run(ev_default_loop(), 0);
        say("back");
    }
#if VERSION == 1
    answer(text);
#else
    answer(count, text);
#endif
    if (strcmp(text, "end") == 0)
        ev_break();
}

int main(void)
{
    ev_on_line(on_line);
    say("%d turns", ev_run(ev_default_loop(), 0));
    return 0;
}
