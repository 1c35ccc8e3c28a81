#include <serve.h>
#include <stdlib.h>

struct item {
    struct item *next;
    int number;
};

static int table[4] = { 10, 11, 12, 13 };

/* Pointers to something else, to what is const, and to one more pointer. */
#if VERSION == 1
static void *head;
static int *cursor = table;
static char *name = "nobody";
#elif VERSION == 2
static struct item *head;
static const int *cursor = table;
static const char *name = "nobody";
#else
static const struct item *head;
static const int *const *cursor = (const void *)&table[3];
static const void *name = "somebody";
#endif

static void answer(const char *text)
{
    struct item *made = malloc(sizeof *made);

    made->number = strlen(text);
    made->next = (struct item *)head;
    head = made;
#if VERSION < 3
    say("%d %d %d '%s'", made->number, made->next ? made->next->number : -1, *cursor, name);
    cursor = &table[made->number];
#else
    say("%d %d %d '%s'", made->number, made->next ? made->next->number : -1,
        *(const int *)cursor, (const char *)name);
#endif
    if (*text == '!')
        name = strdup(text);
}

SERVE(answer)
