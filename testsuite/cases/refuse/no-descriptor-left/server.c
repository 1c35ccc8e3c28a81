#include <serve.h>

#include <sys/resource.h>

static int count;

static void limit(rlim_t descriptors)
{
    struct rlimit all;

    getrlimit(RLIMIT_NOFILE, &all);
    all.rlim_cur = descriptors;
    setrlimit(RLIMIT_NOFILE, &all);
}

static void answer(const char *text)
{
    if (strcmp(text, "none") == 0)
        limit(3);
    if (strcmp(text, "some") == 0)
        limit(64);
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

SERVE(answer)
