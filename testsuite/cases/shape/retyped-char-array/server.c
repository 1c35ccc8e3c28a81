#include <serve.h>
#include <stdlib.h>

struct line {
    int number;
#if VERSION == 1
    char text[8];
#elif VERSION == 2
    char text[64];
#else
    char text[16];
#endif
    int length;
};

static struct line *lines[4];

/* <index><text> stores, <index> shows; text that does not fit is cut. */
static void answer(const char *text)
{
    int number = text[0] - '0';
    struct line *l = lines[number];

    if (!l) {
        l = lines[number] = malloc(sizeof *l);
        l->number = number;
        l->length = -1;
        l->text[0] = '\0';
    }
    if (text[1]) {
        snprintf(l->text, sizeof l->text, "%s", text + 1);
        l->length = strlen(l->text);
    }
    say("%d '%.*s' %d of %d", l->number, (int)sizeof l->text, l->text, l->length,
        (int)sizeof l->text);
}

SERVE(answer)
