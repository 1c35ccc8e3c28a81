#include <serve.h>

static int served;

#if VERSION == 1
static int answer(const char *text)
{
    say("%s", text);
    return 1;
}
#define ANSWER(text) answer(text)
#else
static int answer(const char *text, int number)
{
    say("%s %d", text, number);
    return 1;
}
#define ANSWER(text) answer(text, served)
#endif

static void serve(const char *text)
{
    served += ANSWER(text);
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only: no jump can lead into its scope, `main` stays old code. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    if (argc > 3)
        goto usage;
    if (argc < 3) {
        while ((came = next_line()) >= 0)
            if (came)
                serve(line);
        if (served < 0)
            goto usage;
        goto out;
    } else {
        /* This branch does not stand in the way. */
        ANSWER("another branch");
    }
usage:
    ANSWER(room);
out:
    return 0;
}
