#include <search.h>
#include <serve.h>
#include <stdlib.h>

/* Nodes live in a tree of the C library, which hands them back as pointers to void. */
struct word {
    char text[12];
    int count;
#if VERSION >= 2
    int last;
#endif
#if VERSION >= 3
    struct word *before;
#endif
};

static void *words;
static struct word *previous;
static int lines;

static int compare(const void *left, const void *right)
{
    const struct word *l = left, *r = right;

    return strcmp(l->text, r->text);
}

static void show(const void *node, VISIT visit, int depth)
{
    const struct word *w = *(struct word *const *)node;

    (void)depth;
    if (visit != postorder && visit != leaf)
        return;
#if VERSION == 1
    say("%s %d", w->text, w->count);
#elif VERSION == 2
    say("%s %d last %d", w->text, w->count, w->last);
#else
    say("%s %d last %d before %s", w->text, w->count, w->last,
        w->before ? w->before->text : "none");
#endif
}

static void answer(const char *text)
{
    struct word *key = calloc(1, sizeof *key), *found;

    lines++;
    snprintf(key->text, sizeof key->text, "%s", text);
    found = *(struct word **)tsearch(key, &words, compare);
    if (found != key)
        free(key);
    found->count++;
#if VERSION >= 2
    found->last = lines;
#endif
#if VERSION >= 3
    found->before = previous;
#endif
    previous = found;
    twalk(words, show);
}

SERVE(answer)
