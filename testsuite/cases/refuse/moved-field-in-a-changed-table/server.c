#include <serve.h>
#include <stddef.h>

struct conf {
#if VERSION == 1
    int port;
    int limit;
#else
    int limit;
    int port;
#endif
};

struct option {
    const char *name;
    int *value;
#if VERSION == 2
    int flags;
#endif
};

static struct conf conf = { .port = 80, .limit = 5 };
static struct option options[] = {
    { "port", &conf.port },
#if VERSION > 1
    { "limit", &conf.limit },
#endif
};

static void answer(const char *text)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].name[0] == text[0])
            ++*options[i].value;
    say("%d: %d %d", VERSION, conf.port, conf.limit);
}

SERVE(answer)
