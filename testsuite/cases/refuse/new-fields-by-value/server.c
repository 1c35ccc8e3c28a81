#include <serve.h>
#include <stdlib.h>

struct visit {
    int number;
#if VERSION > 1
    int doubled;
#endif
};

static struct visit *visits[8];
static int count;

/* 2: an object is taken by value. */
#if VERSION == 2
static int total(struct visit visit)
{
    return visit.number + visit.doubled;
}
#define TOTAL(visit) total(*(visit))
#elif VERSION == 1
#define TOTAL(visit) ((visit)->number)
#else
static int total(const struct visit *visit)
{
    return visit->number + visit->doubled;
}
#define TOTAL(visit) total(visit)
#endif

/* 3: it is returned. */
#if VERSION == 3
static struct visit copy(const struct visit *visit)
{
    return *visit;
}
#define COPY(to, from) ((to) = copy(from))
#else
#define COPY(to, from) ((to) = *(from))
#endif

/* 4: a field is taken of a value that has no address. */
#if VERSION == 4
#define DOUBLED(object) ((0, *(object)).doubled)
#elif VERSION == 1
#define DOUBLED(object) 0
#else
#define DOUBLED(object) ((object)->doubled)
#endif

static void answer(const char *text)
{
    struct visit *visit = malloc(sizeof *visit);

    visit->number = count + 1;
#if VERSION > 1
    visit->doubled = 2 * visit->number;
#endif
    visits[count++] = visit;
    COPY(*visits[0], visit);
    say("%s %d %d", text, TOTAL(visits[0]), DOUBLED(visits[count - 1]));
}

SERVE(answer)
