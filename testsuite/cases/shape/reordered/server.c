#include <serve.h>
#include <stdlib.h>

struct record {
#if VERSION == 1
    char kind;
    long key;
    short weight;
    char name[5];
    double price;
#elif VERSION == 2
    double price;
    char name[5];
    long key;
    char kind;
    short weight;
#else
    short weight;
    int stock;
    char kind;
    double price;
    long key;
    char name[5];
#endif
};

static struct record *records[2];
static struct record table[3];

static void fill(struct record *r, int seed)
{
    r->kind = 'a' + seed;
    r->key = 1000000 + seed;
    r->weight = -seed;
    strcpy(r->name, "name");
    r->price = seed / 2.0;
#if VERSION >= 3
    r->stock = seed;
#endif
}

static void show(const struct record *r)
{
#if VERSION < 3
    say("%c %ld %d %s %.1f", r->kind, r->key, r->weight, r->name, r->price);
#else
    say("%c %ld %d %s %.1f %d", r->kind, r->key, r->weight, r->name, r->price, r->stock);
#endif
}

/* h0, h1: on the heap; t0 to t2: in the table; with a digit behind it is filled. */
static void answer(const char *text)
{
    int index = text[1] - '0';
    struct record *r = &table[index];

    if (*text == 'h') {
        if (!records[index])
            records[index] = calloc(1, sizeof *r);
        r = records[index];
    }
    if (text[2])
        fill(r, text[2] - '0');
    show(r);
}

SERVE(answer)
