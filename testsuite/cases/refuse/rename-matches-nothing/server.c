#include <serve.h>

struct other { int hits; };
typedef struct {
    int first;
#if VERSION == 1
    int second;
#else
    int third;
#endif
} pair;

struct page {
#if VERSION == 1
    int hits;
    int bytes;
#else
    int visits;
    int bytes;
    int views;
#endif
};

static struct page page;
static struct other other;
static pair two;

static void answer(const char *text)
{
#if VERSION == 1
    page.hits++;
    two.second++;
    say("%d %d %s", page.hits, two.second, text);
#else
    page.visits++;
    page.views++;
    two.third++;
    say("%d %d %d %s", page.visits, page.views, two.third, text);
#endif
    page.bytes++;
    other.hits++;
}

SERVE(answer)
