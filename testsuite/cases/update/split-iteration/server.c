#include <serve.h>

#include <ginseng.h>

#if VERSION == 1
static const int factor = 3;
#else
static const int factor = 4;
#endif

static void answer(int before)
{
    say("%s: %d then %d", line, before, factor);
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only: no jump can lead into its scope, `main` stays old code. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0)
        if (came) {
            int before = factor;

            GINSENG_UPDATE_POINT("between");
            answer(before);
        }
    return 0;
}
