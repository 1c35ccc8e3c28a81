#include <serve.h>

/* A table whose bytes make a hash. */
static const struct {
    int kind;
    const char *name;
} kinds[] = {
    { 1, "one" },
#if VERSION >= 2
    { 2, "two" },
#endif
    { 3, "three" },
};

static unsigned hash(void)
{
    const unsigned char *byte = (const unsigned char *)kinds;
    unsigned sum = 1;

    for (size_t i = 0; i < sizeof kinds; i++)
        sum = sum * 31 + byte[i];
    return sum;
}

static unsigned known;

static void answer(const char *text)
{
    const char *name = "none";

    if (known == 0)
        known = hash();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, text) == 0)
            name = kinds[i].name;
    say("%s %s", name, known == hash() ? "as known" : "another hash");
}

SERVE(answer)
