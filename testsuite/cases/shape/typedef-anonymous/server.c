#include <serve.h>
#include <stdlib.h>

typedef struct {
    int amount;
#if VERSION >= 2
    char unit[12];
#endif
} quantity;

/* An anonymous struct that holds another one, in an array. */
typedef struct {
    char name[8];
#if VERSION >= 3
    int rank;
#endif
    quantity of[2];
} recipe;

static recipe *recipes[3];
static quantity spare = { 50
#if VERSION >= 2
                          , "pieces"
#endif
};

static void answer(const char *text)
{
    int number = text[0] - '0';
    recipe *r = recipes[number];

    if (!r) {
        r = recipes[number] = malloc(sizeof *r);
        memset(r, 0, sizeof *r);
        strcpy(r->name, "soup");
        r->of[1].amount = 9;
    }
    if (text[1] == '+') {
        r->of[0].amount++;
        spare.amount--;
#if VERSION >= 2
        strcpy(r->of[0].unit, "litres");
        snprintf(r->of[1].unit, sizeof r->of[1].unit, "unit %d", r->of[0].amount);
#endif
#if VERSION >= 3
        r->rank += 40;
#endif
    }
#if VERSION == 1
    say("%s %d %d, spare %d", r->name, r->of[0].amount, r->of[1].amount, spare.amount);
#else
#if VERSION >= 3
    say("rank %d", r->rank);
#endif
    say("%s %d '%s' %d '%s', spare %d %s", r->name, r->of[0].amount, r->of[0].unit,
        r->of[1].amount, r->of[1].unit, spare.amount, spare.unit);
#endif
}

SERVE(answer)
