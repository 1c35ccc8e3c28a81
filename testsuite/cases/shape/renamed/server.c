#include <serve.h>
#include <stdlib.h>

/* Nobody says that the new name is the old one, so it is a new field. */
#if VERSION == 1
#define COUNT hits
#elif VERSION == 2
#define COUNT visits
#else
#define COUNT views
#endif

struct page {
    char name[6];
    int COUNT;
    int bytes;
};

static struct page *pages[3];

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct page *p = pages[number];

    if (!p) {
        p = pages[number] = calloc(1, sizeof *p);
        snprintf(p->name, sizeof p->name, "page%d", number % 10);
    }
    p->COUNT += VERSION;
    p->bytes += 100;
    say("%s %d %d v%d", p->name, p->COUNT, p->bytes, VERSION);
}

SERVE(answer)
