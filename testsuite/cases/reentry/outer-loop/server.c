#include <ginseng.h>
#include <serve.h>

static int served;

/* Waits inside the loop of main. */
static int session(const char *name)
{
    int came, lines = 0;

    while ((came = next_line()) >= 0) {
        GINSENG_UPDATE_POINT("session");
        if (!came)
            continue;
        lines++;
        if (strcmp(line, "leave") == 0)
            return lines;
        say(VERSION == 1 ? "%s %d" : "%s: %d", name, lines);
    }
    return -1;
}

int main(void)
{
    char name[32] = "first";
    int sessions = 0;
#if VERSION == 3
    int most = 7;
#endif

    for (;;) {
        int lines = session(name);

        if (lines < 0)
            return 0;
        sessions++;
        served += lines;
#if VERSION == 1
        say("main %d %d", sessions, served);
#elif VERSION == 2
        say("second main %d %d", sessions, served);
#else
        say("third main %d %d %d", sessions, served, most++);
#endif
        snprintf(name, sizeof name, "session %d", sessions);
    }
}
