#include <serve.h>

/* Lives on in a global. */
struct visitor {
#if VERSION == 2
    long since;
#endif
    char name[10];
    unsigned seen : 3, known : 2;
#if VERSION == 1
    short age;
#endif
    int visits;
};

/* Comes and goes. */
struct words {
    int count;
#if VERSION == 2
    int letters;
#endif
};

/* Its bytes are seen from outside. */
struct entry {
    int number;
    char text[4];
};

static struct visitor last;
static struct entry entry;

static struct words count(const char *text)
{
    struct words words = { 0 };

    for (; *text; text++)
        words.count += *text == ' ';
    return words;
}

static void answer(const char *text)
{
    last.visits++;
    entry.number++;
    if (write(9, &entry, sizeof entry) > 0)
        say("nobody opened 9");
#if VERSION == 2
    last.since += 10;
    say("%d %ld %d", last.visits, last.since, count(text).count);
#else
    last.age = 5;
    say("%d %d", last.visits, count(text).count);
#endif
}

SERVE(answer)
