#include <serve.h>
#include <stddef.h>
#include <stdlib.h>

/* Settings, and the table by which a reader of the configuration finds them. */
static struct conf {
    int port;
#if VERSION == 4
    long limit;
#else
    int limit;
#endif
#if VERSION > 1
    int level;
#endif
} conf = { 80, 5 };

static const struct option {
    const char *name;
    int *value;
    size_t offset;
} options[] = {
    { "port", &conf.port, 0 },
    { "limit", (int *)&conf.limit, 0 },
#if VERSION == 2
    { "level", &conf.level, 0 },
#endif
#if VERSION == 3
    { "level", NULL, offsetof(struct conf, level) },
#endif
};

#if VERSION > 1
/* Its size is no hindrance. */
static char levels[sizeof ((struct conf *)0)->level];
#endif

static void answer(const char *text)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].value && options[i].name[0] == text[0])
            ++*options[i].value;
#if VERSION > 1
    conf.level += sizeof levels;
    say("%d %ld, level %d", conf.port, (long)conf.limit, conf.level);
#else
    say("%d %ld", conf.port, (long)conf.limit);
#endif
}

SERVE(answer)
