#include <serve.h>

static struct row {
    const char *name;
    int count;
} table[] = {
    { "lines", 0 },
#if VERSION == 2
    { "more", 0 },
#endif
};

static void answer(const char *text)
{
    say("%s %d", text, table[0].count);
}

int main(int argc, char **argv)
{
    /* Its length is known at run time only: no jump can lead into its scope, `main` stays old code. */
    char room[argc + 1];
    int came;

    snprintf(room, sizeof room, "%s", argv[0]);
    while ((came = next_line()) >= 0)
        if (came) {
            table[0].count++;
            answer(line);
        }
    return 0;
}
