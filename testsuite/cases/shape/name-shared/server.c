#include <serve.h>
#include <stdlib.h>
#include "page.h"

const char *other_text(void);

static void answer(const char *text)
{
    if (!all)
        all = calloc(1, sizeof *all);
    all->hits++;
#if VERSION >= 2
    all->views += 10;
#endif
    say("%d %s %d %d %s", VERSION, text, all->hits, page_views(), other_text());
}

SERVE(answer)
