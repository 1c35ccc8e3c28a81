#include <serve.h>
#include <stdlib.h>

struct node {
    struct node *next;
#if VERSION >= 2
    unsigned last;
#endif
    char key[16];
    int hits;
#if VERSION >= 3
    double average;
#endif
};

struct table {
    struct node **buckets;
    unsigned size, used;
#if VERSION >= 3
    unsigned lookups;
#endif
};

static struct table table;
#if VERSION >= 2
static unsigned now;
#endif

static unsigned hash(const char *key)
{
    unsigned h = 5381;

    while (*key)
        h = h * 33 + (unsigned char)*key++;
    return h;
}

static void rehash(struct table *t)
{
    unsigned size = t->size ? 2 * t->size : 2;
    struct node **buckets = calloc(size, sizeof *buckets);

    for (unsigned i = 0; i < t->size; i++)
        for (struct node *n = t->buckets[i], *next; n; n = next) {
            next = n->next;
            n->next = buckets[hash(n->key) % size];
            buckets[hash(n->key) % size] = n;
        }
    free(t->buckets);
    t->buckets = buckets;
    t->size = size;
}

static struct node *find(struct table *t, const char *key)
{
    struct node *n;

    if (t->used == t->size)
        rehash(t);
    for (n = t->buckets[hash(key) % t->size]; n; n = n->next)
        if (strcmp(n->key, key) == 0)
            return n;
    n = calloc(1, sizeof *n);
    snprintf(n->key, sizeof n->key, "%s", key);
    n->next = t->buckets[hash(key) % t->size];
    t->used++;
    return t->buckets[hash(key) % t->size] = n;
}

static void hit(const char *key)
{
    struct node *n = find(&table, key);

    n->hits++;
#if VERSION >= 2
    n->last = ++now;
#endif
#if VERSION >= 3
    table.lookups++;
    n->average += 0.5;
#endif
}

/* `many` hits key0 to key499, other words are keys. */
static void answer(const char *text)
{
    struct node *n;
    char key[16];
    long hits = 0;

    if (strcmp(text, "many") == 0)
        for (int i = 0; i < 500; i++) {
            snprintf(key, sizeof key, "key%d", i);
            hit(key);
        }
    else
        hit(text);
    for (unsigned i = 0; i < table.size; i++)
        for (n = table.buckets[i]; n; n = n->next)
            hits += n->hits;
    n = find(&table, strcmp(text, "many") == 0 ? "key17" : text);
#if VERSION == 1
    say("%u %ld: %s %d", table.used, hits, n->key, n->hits);
#elif VERSION == 2
    say("%u %ld: %s %d last %u", table.used, hits, n->key, n->hits, n->last);
#else
    say("%u %ld %u: %s %d last %u average %.1f", table.used, hits, table.lookups, n->key,
        n->hits, n->last, n->average);
#endif
}

SERVE(answer)
