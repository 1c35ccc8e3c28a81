#include <serve.h>

/* Never written in version 1, so that a compiler might take it for a constant. */
static int limit = 5;
static const char *mark = "<";
static int *where = &limit;

/* Only written in version 1, so that a compiler might leave it out. */
static int written;

/* Read and written by one function only. */
static int private_state = 1;

/* Not changed in version 2; a plain caller of nothing that changes. */
static int check(int number)
{
    return number > limit ? *where : 0;
}

static const char *decorated(void)
{
    return mark;
}

static void keep_count(int number)
{
    static int inner;

    written += number;
    inner = written;
    (void)inner;
    private_state = private_state * 2 % 1000;
}

static void answer(const char *text)
{
    int number = (int)strlen(text);

    keep_count(number);
#if VERSION == 1
    say("%d %s", check(number), decorated());
#else
    if (number == 1)
        limit = 2;
    if (number == 2)
        mark = ">";
    say("%d %s %d %d", check(number), decorated(), written, private_state);
#endif
}

SERVE(answer)
