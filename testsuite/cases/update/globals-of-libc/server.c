#include <serve.h>

#include <errno.h>
#include <stdlib.h>

extern char **environ;

static void answer(const char *text)
{
#if VERSION == 1
    say("%s", text);
#else
    char *words[] = { "server", "-n", (char *)text, NULL };

    optind = 1;
    if (getopt(3, words, "n:") == 'n')
        fprintf(stdout, "%s ", optarg);
    setenv("CASE_VARIABLE", "set", 1);
    fprintf(stdout, "%d %s ", environ != NULL && *environ != NULL, getenv("CASE_VARIABLE"));
    errno = 0;
    if (close(-1) < 0)
        say("%s", errno == EBADF ? "EBADF" : "other");
#endif
}

SERVE(answer)
