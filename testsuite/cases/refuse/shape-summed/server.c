#include <serve.h>

/* A sum over the bytes of the settings tells whether they changed. */
struct settings {
    int verbose;
#if VERSION == 2
    int loud;
#endif
    char name[16];
};

static struct settings settings;

static unsigned sum(const void *data, size_t size)
{
    const unsigned char *byte = data;
    unsigned sum = 0;

    while (size-- > 0)
        sum = sum * 31 + *byte++;
    return sum;
}

static unsigned known;

static void answer(const char *text)
{
    memset(settings.name, 0, sizeof settings.name);
    snprintf(settings.name, sizeof settings.name, "%s", text);
    if (known != sum(&settings, sizeof settings))
        settings.verbose++;
    known = sum(&settings, sizeof settings);
#if VERSION == 2
    settings.loud = settings.verbose;
    say("loud %d", settings.loud);
#elif VERSION == 3
    say("changed %d", settings.verbose);
#else
    say("%d", settings.verbose);
#endif
}

SERVE(answer)
