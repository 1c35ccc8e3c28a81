#include <serve.h>

struct state {
#if VERSION == 2
    long long questions;
    int used;
#elif VERSION == 3
    int questions;
    int used;
#else
    int asked;
    int used;
#endif
};

#if VERSION == 1
#define ASKED asked
#else
#define ASKED questions
#endif

static struct state state = { .ASKED = 1 };

static void answer(const char *text)
{
    state.ASKED++;
    state.used++;
    say(VERSION == 3 ? "%s: %d" : "%s %d", text, (int)state.ASKED);
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only, so no jump can lead into its scope. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0) {
        if (came)
            answer(line);
        if (state.ASKED > 100)
            return 1;
    }
    return 0;
}
