#include <serve.h>

#include <stdlib.h>
#include <sys/resource.h>

static int count;

static void limit(rlim_t memory)
{
    struct rlimit all;

    getrlimit(RLIMIT_AS, &all);
    all.rlim_cur = memory;
    setrlimit(RLIMIT_AS, &all);
}

static void answer(const char *text)
{
    if (strcmp(text, "none") == 0)
        limit(4096);
    if (strcmp(text, "some") == 0)
        limit(RLIM_INFINITY);
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

SERVE(answer)
