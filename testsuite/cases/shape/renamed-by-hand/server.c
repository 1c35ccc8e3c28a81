#include <serve.h>
#include <stdlib.h>

/* What --rename says to be the same field, here and there: `hits` is called `visits` from v2 on,
   `width` and `height` swap their names in v2, `size` becomes a longer `bytes`, and `note`, which v2
   adds, is called `remark` in v3. `left` is another name in v2 for what is embedded. */
#if VERSION == 1
struct place { short x; short left; };
struct page { char name[6]; int hits; int width, height; unsigned char size; struct place at; };
#elif VERSION == 2
struct place { short x; short right; };
struct page { char name[6]; int note; long bytes; int visits; int height, width; struct place at; };
#else
struct place { short x; short right; int depth; };
struct page { long bytes; char name[6]; int visits; int height, width; int remark; struct place at; };
#endif

#if VERSION == 1
#define VISITS hits
#define BYTES size
#define LEFT left
#else
#define VISITS visits
#define BYTES bytes
#define LEFT right
#endif
/* The first of the two sides, whatever it is called. */
#if VERSION == 1
#define FIRST width
#define SECOND height
#define NOTE(p) 0
#elif VERSION == 2
#define FIRST height
#define SECOND width
#define NOTE(p) (p)->note
#else
#define FIRST height
#define SECOND width
#define NOTE(p) (p)->remark
#endif

static struct page front = { .name = "front", .VISITS = 7, .FIRST = 3, .SECOND = 4, .BYTES = 200 };
static struct page *pages[3];

/* Its text never changes, and its meaning does where the names are swapped. */
__attribute__((noinline)) int height(const struct page *p)
{
    return p->height;
}

static void print(struct page *p)
{
    p->VISITS++;
    p->at.LEFT += 2;
#if VERSION == 2
    p->note += 10;
#elif VERSION == 3
    p->at.depth += 100;
    say("depth %d", p->at.depth);
#endif
    say("%s %d %dx%d %ld %d %d high %d v%d", p->name, p->VISITS, p->FIRST, p->SECOND, (long)p->BYTES,
        p->at.LEFT, NOTE(p), height(p), VERSION);
}

static void answer(const char *text)
{
    int number = text[0] - '0';

    if (text[0] == 'f') {
        print(&front);
        return;
    }
    if (!pages[number]) {
        struct page *p = pages[number] = calloc(1, sizeof *p);
        snprintf(p->name, sizeof p->name, "page%d", number % 10);
        p->FIRST = 10 * (number + 1);
        p->SECOND = 20 * (number + 1);
        p->BYTES = 50 + number;
    }
    print(pages[number]);
}

SERVE(answer)
