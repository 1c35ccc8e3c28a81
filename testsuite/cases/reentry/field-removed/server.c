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

int main(void)
{
    int came;

#if VERSION < 3
    state.most = 5;
#endif
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
