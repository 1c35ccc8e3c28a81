#include <serve.h>
#include <stdlib.h>

/* Every kind of retyped field: what is emitted must compile, and keep what is kept without it. */
#if VERSION < 3
enum colour { RED, GREEN, BLUE };
#else
enum shade { RED, GREEN, BLUE };
#endif

struct word {
    char text[4];
};

struct item {
    char name[8];
#if VERSION == 1
    int saver;
    enum colour colour;
    unsigned bits : 5;
#else
    struct saver {
        int pid;
    } saver;
    short colour;
    unsigned bits : 9;
#if VERSION == 2
    unsigned long commands;
    struct word words[2];
    enum colour shade;
    int *pointer;
    unsigned flags : 3;
    int gone;
#else
    unsigned long long commands;
    struct word words[4];
    enum shade shade;
    const unsigned *pointer;
    int flags;
#endif
#endif
};

static struct item *item;
static int seven = 7;
#if VERSION == 1
static const char *title = "x";
#else
static const unsigned char *title = (const unsigned char *)"x";
#endif

static void answer(const char *text)
{
    if (!item) {
        item = calloc(1, sizeof *item);
        snprintf(item->name, sizeof item->name, "%s", text);
#if VERSION == 1
        item->saver = 3;
#endif
        item->colour = 2;
        item->bits = 21;
    }
#if VERSION == 1
    say("%s %d %d %d %s", item->name, item->saver, item->colour, item->bits, title);
#else
#if VERSION == 2
    item->commands += 1000;
    item->words[1].text[0] = 'w';
    item->shade = GREEN;
    item->pointer = &seven;
    item->flags = 6;
    item->gone = 11;
#endif
    say("%s %d %d %d %s: %d %c %d %d %d", item->name, item->saver.pid, item->colour, item->bits,
        (const char *)title, (int)item->commands, item->words[1].text[0], item->shade,
        item->pointer ? (int)*item->pointer : -seven, item->flags);
#endif
}

SERVE(answer)
