#include <serve.h>

typedef int counter(int);

/* Declared through a typedef, and once more inside a function. */
counter one, two;

/* A static function with the name that a global one has elsewhere. */
static int shared(int number)
{
    return number + (VERSION == 1 ? 1 : 1000);
}

static void answer(const char *text)
{
    extern int three(int number);
    extern int hidden_count;
    int number = (int)strlen(text);

    int sum = one(number) + two(number);

    say("%d %d %d %d", shared(number), sum, three(number), hidden_count);
}

SERVE(answer)
