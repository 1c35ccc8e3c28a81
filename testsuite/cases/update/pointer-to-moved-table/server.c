#include <serve.h>

static int table[] = {
    1, 2, 3,
#if VERSION >= 2
    4,
#endif
};

/* Unchanged text, but its meaning moves with the table. */
static int *first = table;
static int *const last_of_three = &table[2];

static void answer(const char *text)
{
    if (*text)
        ++*first;
    say("%d %d %zu %s", table[0], *last_of_three, sizeof table / sizeof *table,
        first == table ? "same" : "apart");
}

SERVE(answer)
