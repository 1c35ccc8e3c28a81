#include <stdlib.h>
#include "page.h"

struct page *all;

/* What server.c counts. */
int page_views(void)
{
#if VERSION >= 2
    return all->views++;
#else
    return all->hits;
#endif
}
