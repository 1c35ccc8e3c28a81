#include <serve.h>
#include <stddef.h>
#include <stdlib.h>

struct part {
    char mark;
#if VERSION == 2
    long weight;
#endif
};

struct node {
    struct node *next;
    int a;
    struct part in, row[2];
#if VERSION == 2
    long b;
    unsigned f : 3, g : 5;
    char text[10];
    int (*call)(struct node *, int);
    struct part more, many[3];
    struct node *link;
    double x[2][2];
    union {
        int i;
        char c[4];
    } u;
    struct {
        int p, q;
    };
    const char *s;
    _Bool ok;
    struct part *at;
#endif
};

typedef struct node *nodes;

static struct node global, table[4], matrix[2][3], *heap;
static nodes second;

#if VERSION == 1

static void answer(const char *text)
{
    if (!heap)
        heap = calloc(3, sizeof *heap);
    second = heap + 1;
    say("%s", text);
}

#else

static char seen[4096];
static int calls, i;

/* One value, for the line that is answered. */
static void T(long value)
{
    snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%ld ", value);
}

static struct node *get(void)
{
    calls++;
    return heap;
}

static struct node *turn(int *number)
{
    (*number)++;
    return &table[*number & 3];
}

static int called(struct node *p, int k)
{
    return (int)p->b * k + p->a;
}

static long sum(const struct node *p)
{
    return p->b + p->more.weight + p->many[1].weight + p->in.weight + p->row[1].weight;
}

#define B(p) ((p)->b)
#define FIELD(p, f) ((p)->f)
#define SWAP(a, b)             \
    do {                       \
        __typeof__(a) old = a; \
        (a) = (b);             \
        (b) = old;             \
    } while (0)
#define MAX(a, b)              \
    ({                         \
        __typeof__(a) one = a; \
        __typeof__(b) two = b; \
        one > two ? one : two; \
    })

static void members(struct node *p)
{
    T(p->b);
    p->b = 5;
    T(p->b++);
    T(++p->b);
    p->b += 3;
    p->b <<= 1;
    T((*p).b);
    T(p[0].b);
    p[1].b = 11;
    T(second->b);
    T((&global)->b);
    T(table->b);
    T(-p->b + ~p->b);
    T(p->b && second->b || 0);
    T((p->b, second->b));
    T(p ? p->b : 0);
    T(sizeof p->b);
    T(sizeof p->text);
    T(sizeof p->many / sizeof *p->many);
    T(_Generic(p->b, long: 1, default: 0));
    __typeof__(p->b) copy = 3;
    T(copy);
    T(offsetof(struct node, a) == (size_t)((char *)&p->a - (char *)p));
    T((long)&p->b % sizeof(long));
}

/* What stands before the field is done once. */
static void once(void)
{
    struct node *q = table;

    get()->b = 21;
    T(get()->b);
    T(calls);
    get()->b++;
    T(calls);
    turn(&i)->b = 31;
    T(table[1].b);
    T(i);
    turn(&i)->b += turn(&i)->a + 1;
    T(i);
    q++->b = 41;
    (q++)->b = 42;
    T(table[0].b);
    T(table[1].b);
    T(q - table);
    (*q++).b = 43;
    (--q)->b--;
    T(table[2].b);
    T(q - table);
}

static void kinds_of_fields(struct node *p)
{
    p->f = 9;
    p->g = 33;
    p->f++;
    T(p->f);
    T(p->g);
    strcpy(p->text, "abc");
    T(strlen(p->text));
    p->text[i = 1] = 'z';
    T(*(p->text + 1));
    T(1 [p->text]);
    p->call = called;
    T(p->call(p, 2));
    T((*p->call)(p, 3));
    T(p->call == called);
    p->more.weight = 51;
    struct part *part = &p->more;
    part->weight++;
    T(p->more.weight);
    p->many[2].weight = 52;
    T(p->many[2].weight);
    p->at = &p->many[1];
    p->at->weight = 53;
    T(p->many[1].weight);
    p->link = second;
    p->link->b = 61;
    T(second->b);
    p->link->link = p;
    T(p->link->link->link->b);
    p->x[1][0] = 2.5;
    T(p->x[1][0] * 2);
    double *x = &p->x[0][0];
    x[3] = 4;
    T(p->x[1][1]);
    p->u.i = 0x41414141;
    T(p->u.c[2]);
    p->p = 4;
    p->q = 5;
    T(p->p * 10 + p->q);
    p->s = "str";
    T(p->s[1]);
    p->ok = 5;
    T(p->ok);
}

static void whole_objects(struct node *p)
{
    struct node one = { .a = 3, .b = 4, .text = "hey", .many = { [1] = { 'x', 9 } }, .u.i = 5,
                        .x = { { 1, 2 }, { 3 } }, .p = 1, .q = 2, .in.weight = 8, .call = called };

    T(one.b);
    T(one.text[1]);
    T(one.many[1].weight);
    T(one.x[1][0]);
    T(one.u.i + one.q + one.in.weight);
    T(one.call(&one, 2));
    global = one;
    T(global.b + global.many[1].weight + global.in.weight);
    table[3] = global;
    table[2] = table[3];
    T(table[2].b + table[2].many[1].weight);
    *p = global;
    p[2] = *p;
    T(p[2].b + p[2].many[1].weight);
    memmove(p + 1, p, sizeof *p);
    T(p[1].b + p[1].many[1].weight);
    {
        struct node copy = *p, *there = &copy;

        copy.b = 71;
        there->many[1].weight = 72;
        T(sum(there));
        T(sum(p));
    }
    for (int k = 0; k < 3; k++) {
        struct node braced = { .b = k };
        struct node filled;

        memset(&filled, 0, sizeof filled);
        T(braced.b + filled.b + braced.more.weight + filled.many[1].weight);
        braced.b = filled.b = 99;
        braced.more.weight = filled.many[1].weight = 98;
    }
    for (struct node in_head = { .b = 2 }; in_head.b < 4; in_head.b++)
        T(in_head.b);
    T(((struct node){ .b = 81, .many[0].weight = 3 }).b);
    T((&(struct node){ .b = 82 })->b);
    T(sum(&(struct node){ .b = 83, .in = { 1, 2 } }));
    struct node lots[2] = { { .b = 1 }, { .b = 2, .row = { { 'c', 3 }, { 'd', 4 } } } };
    T(lots[1].b + lots[1].row[1].weight);
    struct node bare;
    bare.b = 5;
    T(bare.b);
    struct node left = { .b = 1 }, right = left, *both = &right;
    T(both->b);
    struct node many[i + 2];
    memset(many, 0, sizeof many);
    many[1].b = 131;
    many[0] = many[1];
    T(many[0].b);
    struct node *room = __builtin_alloca(sizeof *room);
    memset(room, 0, sizeof *room);
    room->b = 5;
    T(room->b);
    static struct node kept = { .b = 141, .s = "q" };
    T(kept.b++);
}

static void in_macros_and_statements(struct node *p)
{
    T(B(p));
    FIELD(p, b) = 91;
    SWAP(p->b, second->b);
    T(FIELD(p, b));
    T(second->b);
    T(MAX(p->b, second->b));
    (i ? p : second)->b = 101;
    switch (p->b) {
    case 101:
        T(1);
        break;
    default:
        T(0);
    }
    while (p->b > 99)
        p->b--;
    do
        p->b--;
    while (p->b > 97);
    if (p->b)
        T(!p->b);
again:
    if (p->b-- > 90)
        goto again;
    T(p->b);
}

static void through_pointers(struct node *p)
{
    struct node *list[2] = { p, second }, **at = list, (*row)[3] = &matrix[1];
    const struct node *constant = p;
    const long *number = &constant->b;
    volatile struct node *shaky = p;
    long *changing = &p->b;
    void *nothing = p;

    matrix[1][2].b = 111;
    matrix[1][2].row[1].weight = 112;
    T((*(matrix + 1) + 2)->b);
    T(matrix[1][2].row[1].weight);
    T((*row)[2].b);
    list[1]->b = 121;
    (*at++)->b = 122;
    T(p->b);
    T((*at)->b);
    T((*at)[0].b);
    T(*number);
    shaky->b++;
    *changing += 1;
    T(shaky->b);
    T(((struct node *)nothing)->b);
    T(&p->b == changing);
    struct part part = p->more;
    part.weight++;
    p->more = part;
    p->many[0] = p->more;
    struct part *first = p->many;
    T(first->weight);
    p->row[0] = *first;
    p->in = p->row[0];
    heap[0].row[1] = p->many[0];
    T(p->in.weight + p->row[1].weight);
}

static void answer(const char *text)
{
    if (!heap)
        heap = calloc(3, sizeof *heap);
    second = heap + 1;
    *seen = '\0';
    members(heap);
    once();
    kinds_of_fields(heap);
    whole_objects(heap);
    in_macros_and_statements(heap);
    through_pointers(heap);
    memset(heap, 0, sizeof *heap);
    T(sum(heap));
    heap = realloc(heap, 30 * sizeof *heap);
    T(heap[1].b + heap[2].b);
    free(heap);
    heap = NULL;
    say("%s%s", seen, text);
}

#endif

SERVE(answer)
