#include <serve.h>
#include <stdlib.h>

struct entry {
#if VERSION < 3
    long age;
#endif
    int key;
#if VERSION == 1
    char comment[24];
#endif
    char name[8];
#if VERSION < 3
    short flags;
#endif
    double price;
};

static struct entry *entries[3];

static void answer(const char *text)
{
    int key = text[0] - '0';
    struct entry *e = entries[key];

    if (!e) {
        e = entries[key] = malloc(sizeof *e);
        memset(e, 0, sizeof *e);
        e->key = key;
        snprintf(e->name, sizeof e->name, "n%d", key);
    }
    e->price += 0.5;
#if VERSION < 3
    e->age += 10;
    e->flags |= 1 << key;
#endif
#if VERSION == 1
    snprintf(e->comment, sizeof e->comment, "comment %ld", e->age);
    say("%ld %d '%s' %s %d %.1f", e->age, e->key, e->comment, e->name, e->flags, e->price);
#elif VERSION == 2
    say("%ld %d %s %d %.1f", e->age, e->key, e->name, e->flags, e->price);
#else
    say("%d %s %.1f", e->key, e->name, e->price);
#endif
}

SERVE(answer)
