#include <serve.h>
#include <stdlib.h>

struct page {
    struct page *next;
#if VERSION != 3
    int hits;
#endif
    int views;
};

const char *other_text(void);

static void answer(struct page *page, const char *text)
{
    page->views++;
    say("%d %s %d %s", VERSION, text, page->views, other_text());
}

static void serve(struct page *page)
{
    for (;;) {
        int came = next_line();
        if (came < 0)
            break;
        if (came > 0)
            answer(page, line);
    }
}

int main(void)
{
    struct page *page = calloc(1, sizeof *page);

    serve(page);
#if VERSION != 3
    page->hits++;
    return page->hits != 1;
#else
    return 0;
#endif
}
