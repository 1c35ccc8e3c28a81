#include <serve.h>

struct pair {
    int one, two;
};

struct triple {
    int one, two, three;
};

/* 2: an array of another struct. */
#if VERSION == 2
static struct triple rows[2] = { { 1, 2, 3 }, { 4, 5, 6 } };
#else
static struct pair rows[2] = { { 1, 2 }, { 4, 5 } };
#endif

/* 3: a struct in place of a number. */
#if VERSION == 3
static struct pair count = { 1, 0 };
#define COUNT count.one
#else
static int count = 1;
#define COUNT count
#endif

/* 4: a value of each thread. */
#if VERSION == 4
static __thread long calls = 7;
#else
static __thread int calls = 7;
#endif

static void answer(const char *text)
{
    COUNT++;
    rows[0].one++;
    calls++;
    say(VERSION == 5 ? "%d: %s, %d %d" : "%d %s %d %d", COUNT, text, rows[0].one, (int)calls);
}

SERVE(answer)
