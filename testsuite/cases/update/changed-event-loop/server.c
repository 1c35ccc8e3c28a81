#include <ginseng.h>
#include <serve.h>

static int sessions;

/* The loop itself changes: a running activation keeps its old body until it returns, the next one
   is new. */
static void session(void)
{
    int lines = 0;
    int came;

    sessions++;
#if VERSION >= 2
    say("welcome to session %d", sessions);
#endif
    while ((came = next_line()) >= 0) {
        GINSENG_UPDATE_POINT("session");
        if (came == 0)
            continue;
        lines++;
#if VERSION == 1
        say("%d.%d %s", sessions, lines, line);
#else
        say(VERSION == 2 ? "session %d, line %d: %s" : "s%d l%d: %s", sessions, lines, line);
#endif
        if (strcmp(line, "quit") == 0)
            return;
    }
    _exit(0);
}

int main(void)
{
    for (;;)
        session();
}
