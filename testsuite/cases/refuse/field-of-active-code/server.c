#include <serve.h>

struct state {
    int asked;
#if VERSION < 3
    int most;
#endif
#if VERSION == 2
    long long rest;
#endif
};

static struct state state = { .asked = 1 };

static void answer(const char *text)
{
    state.asked++;
#if VERSION == 3
    say("%s - %d", text, state.asked);
#elif VERSION == 2
    state.rest++;
    say("%s: %d %lld", text, state.asked, state.rest);
#else
    say("%s %d", text, state.asked);
#endif
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only, so no jump can lead into its scope. */
    char room[argc + 1];
    int came;

#if VERSION < 3
    state.most = 5;
#endif
    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0) {
        if (came)
            answer(line);
#if VERSION < 3
        if (state.asked > state.most)
            return 1;
#endif
    }
    return 0;
}
