#include <stdlib.h>

struct page {
    struct page *next;
    int hits;
#if VERSION >= 2
    int views;
#endif
};

static struct page *all;

/* Counts for the newest page, of which there is a new one now and then. */
int page_count(int fresh)
{
    if (!all || fresh) {
        struct page *page = calloc(1, sizeof *page);
        page->next = all;
        all = page;
    }
    all->hits++;
#if VERSION >= 2
    all->views += 10;
    return all->hits + all->views + 1000 * VERSION;
#else
    return all->hits;
#endif
}
