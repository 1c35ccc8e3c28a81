#include <serve.h>

static int count;

static int inner(int number)
{
    return number * (VERSION == 1 ? 10 : 100);
}

/* The old loop goes on calling what the new release no longer has. */
#if VERSION == 1
static void old_answer(const char *text)
{
    say("%d %s %d", ++count, text, inner(count));
}
#else
static void new_answer(const char *text)
{
    say("number %d: %s %d", ++count, text, inner(count));
}
#endif

int main(int argc, char **argv)
{
    /* Its length is known at run time only, so no jump can lead into its scope. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0)
        if (came) {
#if VERSION == 1
            old_answer(line);
#else
            new_answer(line);
#endif
        }
    return 0;
}
