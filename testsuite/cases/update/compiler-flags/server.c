#include <serve.h>

#include <stdlib.h>

static int count;
int shared = 5;
static const char *words[] = { "one", "two", "three" };

/* Small enough to be inlined wherever that is done at all. */
static int weigh(int number)
{
    return number * (VERSION == 1 ? 2 : 7) + shared;
}

int apply_to(int (*change)(int), int number)
{
    return change(number);
}

static const char *word(int number)
{
    return words[number % 3];
}

static void answer(const char *text)
{
    static int longest;
    int length = (int)strlen(text);

    if (length > longest)
        longest = length;
    count++;
    say("%d %s %d %d %d", count, word(count), weigh(length), apply_to(weigh, length), longest);
}

SERVE(answer)
