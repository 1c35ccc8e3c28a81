#include <serve.h>

static struct state {
#if VERSION == 1
    int count;
#else
    long count;
#endif
} state;

static void answer(const char *text)
{
    say("%s %d", text, (int)state.count);
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only: no jump can lead into its scope, `main` stays old code. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0)
        if (came) {
            state.count++;
            answer(line);
        }
    return 0;
}
