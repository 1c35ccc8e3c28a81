#include <serve.h>
#include <stdlib.h>

/* Versions 1 and 3 are the same but for what they say. */
struct account {
    int number;
#if VERSION != 2
    int balance;
    char owner[8];
#else
    long limit;
#endif
    int uses;
};

static struct account *accounts[3];
static struct account house;

static void show(struct account *a, const char *more)
{
    a->uses++;
#if VERSION != 2
    if (*more) {
        a->balance += 5;
        snprintf(a->owner, sizeof a->owner, "%s", more);
    }
    say("%d %d '%s' %d v%d", a->number, a->balance, a->owner, a->uses, VERSION);
#else
    if (*more)
        a->limit += 1000;
    say("%d %ld %d v%d", a->number, a->limit, a->uses, VERSION);
#endif
}

static void answer(const char *text)
{
    int number = *text - '0';

    if (*text == 'h')
        return show(&house, text + 1);
    if (!accounts[number]) {
        accounts[number] = calloc(1, sizeof **accounts);
        accounts[number]->number = number;
    }
    show(accounts[number], text + 1);
}

SERVE(answer)
