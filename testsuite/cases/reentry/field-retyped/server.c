#include <serve.h>

struct state {
#if VERSION == 2
    long long asked;
#else
    int asked;
#endif
    int used;
};

static struct state state = { .asked = 1 };

static void answer(const char *text)
{
    state.asked++;
    state.used++;
    say(VERSION == 3 ? "%s: %d" : "%s %d", text, (int)state.asked);
}

int main(void)
{
    int came;

    while ((came = next_line()) >= 0) {
        if (came)
            answer(line);
        if (state.asked > 100)
            return 1;
    }
    return 0;
}
