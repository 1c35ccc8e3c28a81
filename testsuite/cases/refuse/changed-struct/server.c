#include <serve.h>

struct visitor {
    int number;
#if VERSION == 2
    int again;
#elif VERSION == 3
    char mark[8];
#endif
    char name[16];
#if VERSION == 4
    /* The same layout, other names. */
} visitors[2];
#else
} visitors[2];
#endif

static void answer(const char *text)
{
    visitors[0].number++;
    snprintf(visitors[0].name, sizeof visitors[0].name, "%s", text);
#if VERSION == 5
    say("%d: %s", visitors[0].number, visitors[0].name);
#else
    say("%d %s", visitors[0].number, visitors[0].name);
#endif
}

SERVE(answer)
