#include <serve.h>

struct part {
    char mark;
#if VERSION == 2
    long weight;
#endif
};

struct whole {
    int a;
    struct part old;
#if VERSION == 2
    long b;
    struct part one, many[2];
#endif
};

static struct part part;

#if VERSION == 2
#define VALUES(n)                                                                                  \
    { .b = n, .old = { 'o', n + 1 }, .one = { 'p', n + 2 }, .many = { { 'a', n + 3 }, { 'b', n + 4 } } }
static struct whole added = VALUES(1);
static struct whole rows[2] = { { .b = 1 }, VALUES(2) };
static const struct whole constant = VALUES(3);
#endif

static struct whole kept = {
    .a = 1,
    .old = { 'q' },
#if VERSION == 2
    .b = 4,
    .one = { 'p', 6 },
    .many = { { 'a', 7 }, { 'b', 8 } },
#endif
};

#if VERSION == 2
static void show(const char *name, const struct whole *p)
{
    say("%s %ld %ld %c%ld %c%ld %c%ld", name, p->b, p->old.weight, p->one.mark, p->one.weight,
        p->many[0].mark, p->many[0].weight, p->many[1].mark, p->many[1].weight);
}
#endif

static void answer(const char *text)
{
    part.mark = *text;
    kept.a++;
#if VERSION == 2
    static struct whole local = VALUES(5);

    show("added", &added);
    show("row", &rows[1]);
    show("const", &constant);
    show("kept", &kept);
    show("local", &local);
#endif
    say("%s", text);
}

SERVE(answer)
