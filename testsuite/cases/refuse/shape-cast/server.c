#include <serve.h>
#include <stdlib.h>

/* Two views of one object. */
struct words {
    long first, second;
#if VERSION == 2
    long third;
#endif
};

struct halves {
    int low[2], high[2];
};

static struct words *words;

static void answer(const char *text)
{
    struct halves *halves;

    if (words == NULL)
        words = calloc(1, sizeof *words);
    words->first += strlen(text);
    halves = (struct halves *)words;
#if VERSION == 2
    words->third++;
#endif
#if VERSION == 3
    say("low %d, high %d", halves->low[0], halves->high[0]);
#else
    say("%d %d", halves->low[0], halves->high[0]);
#endif
}

SERVE(answer)
