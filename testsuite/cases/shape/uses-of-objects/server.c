#include <serve.h>
#include <setjmp.h>
#include <stdlib.h>
#include <strings.h>

union value {
    int i;
    struct {
        short a, b;
    } s;
#if VERSION == 2
    float f;
#endif
};

#if VERSION == 1

enum kind { LOW, HIGH };

struct item {
    struct item *next;
    void (*bump)(struct item *, long);
    union value value;
    char name[6];
    short kind;
    unsigned id;
    float weight;
    int gone;
};

#else

enum kind { LOW, MIDDLE, HIGH };

struct item {
    double weight;
    unsigned long long id;
    enum kind kind;
    char name[20];
    union value value;
    void (*bump)(struct item *, long);
    struct item *next;
    struct {
        int deep;
        struct {
            long deeper;
        };
    } inside;
};

#endif

static struct item *items, table[3], *sorted[3];

#if VERSION == 1

static void answer(const char *text)
{
    (void)items;
    (void)table;
    (void)sorted;
    say("%s", text);
}

#else

static jmp_buf start;
static char seen[8192];

/* For the line that is answered. */
static void note(const char *what, const struct item *p)
{
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s: %g %llu %d %s %g %d %ld, ", what,
             p->weight, p->id, p->kind, p->name, p->value.f, p->inside.deep, p->inside.deeper);
}

static void bump(struct item *item, long by)
{
    item->id += by;
    item->inside.deeper++;
}

static int by_id(const void *a, const void *b)
{
    const struct item *one = a, *two = b;

    return (one->id > two->id) - (one->id < two->id);
}

static int pointers_by_id(const void *a, const void *b)
{
    return by_id(*(struct item *const *)a, *(struct item *const *)b);
}

static struct item *make(const struct item *from)
{
    struct item *item = malloc(sizeof *item);

    if (from)
        *item = *from;
    else
        *item = (struct item){ .name = "none", .kind = MIDDLE, .value.f = 1.5, .bump = bump };
    item->next = items;
    return items = item;
}

static void lists(void)
{
    for (int i = 0; i < 3; i++)
        make(NULL)->id = 10 - i;
    items->bump(items, 100);
    note("first", items);
    make(items)->bump(items, 1);
    note("copy", items);
    note("original", items->next);
    while (items) {
        struct item *next = items->next;

        free(items);
        items = next;
    }
}

static void sorting(void)
{
    struct item key = { .id = 4 };

    for (int i = 0; i < 3; i++) {
        table[i].id = 5 - i;
        table[i].weight = i * .25;
        snprintf(table[i].name, sizeof table[i].name, "row %d, a long name", i);
        table[i].kind = HIGH;
        sorted[i] = &table[i];
    }
    qsort(table, 3, sizeof *table, by_id);
    for (int i = 0; i < 3; i++)
        note("sorted", &table[i]);
    qsort(sorted, 3, sizeof *sorted, pointers_by_id);
    note("least", sorted[0]);
    note("found", bsearch(&key, table, 3, sizeof *table, by_id));
    const enum kind *kind = &table[1].kind;
    float *value = &table[2].value.f;
    *value = *kind + 8.5;
    note("value", &table[2]);
    table[2].value.s.b = 1;
    note("kept", &table[0]);
    table[0] = table[1];
    table[0].id++;
    note("assigned", &table[0]);
    note("source", &table[1]);
    *sorted[0] = *sorted[0];
    note("itself", sorted[0]);
}

static void growing(void)
{
    struct item *array = calloc(2, sizeof *array);
    struct item kept;

    array[1].inside.deep = 3;
    array = realloc(array, 50 * sizeof *array);
    note("grown", array + 1);
    memset(array + 1, 0, 49 * sizeof *array);
    note("cleared", array + 1);
    memmove(array + 1, table, 3 * sizeof *array);
    note("moved", array + 3);
    memmove(array + 2, array + 1, 3 * sizeof *array);
    note("up", array + 4);
    note("up", array + 2);
    kept = array[2];
    array[2] = array[3];
    array[3] = kept;
    note("swapped", array + 2);
    note("swapped", array + 3);
    array = reallocarray(array, 3, sizeof *array);
    note("shrunk", array + 2);
    free(array);
}

static void jump(int number)
{
    struct item item = { .id = number };

    bump(&item, 3);
    if (item.id == 5)
        longjmp(start, 7);
    note("stayed", &item);
}

static int deep(int level)
{
    struct item here = { .id = level, .weight = level / 2.0 };
    struct item *volatile p = &here;

    return level ? deep(level - 1) + (int)p->id + (int)(p->weight * 2) : (int)p->id;
}

static void stacks(void)
{
    struct item total = { .name = "total" };

    for (volatile int i = 0; i < 4; i++)
        if (setjmp(start))
            total.inside.deep += 100;
        else
            jump(i);
    total.id = deep(6) + deep(3);
    note("stacks", &total);
}

/* Memory that held another object before has nothing of it. */
static void used_again(void)
{
    for (int i = 0; i < 20; i++) {
        struct item *item = i % 2 ? malloc(sizeof *item) : aligned_alloc(16, 8 * sizeof *item);

        if (i % 4 < 2)
            memset(item, 0, sizeof *item);
        else
            bzero(item, sizeof *item);
        if (item->id || item->inside.deeper || item->weight != 0 || item->name[0])
            note("stale", item);
        item->id = 5;
        item->inside.deeper = 6;
        item->weight = 7;
        strcpy(item->name, "of some length");
        free(item);
        item = calloc(1, sizeof *item);
        if (item->id || item->inside.deeper || item->weight != 0 || item->name[0])
            note("stale", item);
        item->id = 8;
        item = realloc(item, 4 * sizeof *item);
        if (item->id != 8)
            note("stale", item);
        free(item);
        /* Something else in the same place. */
        free(strdup("1234567890123456789012345678901234567890123456789012345678901234567890"));
    }
}

static void answer(const char *text)
{
    *seen = '\0';
    lists();
    sorting();
    growing();
    stacks();
    used_again();
    say("%s%s", seen, text);
}

#endif

SERVE(answer)
