#include <serve.h>

struct words {
#if VERSION == 2
    int of_version;
#endif
    int count;
};

static int counted;

static void fill(struct words *words)
{
    words->count = ++counted;
#if VERSION == 2
    words->of_version = 2;
#endif
}

static void (*filler)(struct words *) = fill;

/* Is no function of its own when it runs: the object is in `main`'s frame, but not at the point. */
static inline __attribute__((always_inline)) void answer(const char *text)
{
    struct words words[2] = { { 0 } };

    filler(words);
    say("%s %d", text, words[0].count);
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only: no jump can lead into its scope, `main` stays old code. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
