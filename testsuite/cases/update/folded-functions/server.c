#include <serve.h>

/* Identical in version 1, so that a compiler might make one of the two. */
static __attribute__((noinline)) int first(int number)
{
    return number * 3 + 1;
}

static __attribute__((noinline)) int second(int number)
{
#if VERSION == 1
    return number * 3 + 1;
#else
    return number * 3 + 1000;
#endif
}

/* Called with one constant only, so that a compiler might make a version for it. */
static __attribute__((noinline)) int scaled(int number, int scale)
{
    return number * scale + (scale == 4 ? 0 : 50);
}

/* Pure in version 1, so that a compiler might call it once. */
static __attribute__((noinline)) int pure(int number)
{
#if VERSION == 1
    return number + 1;
#else
    static int calls;

    return number + ++calls * 100;
#endif
}

static const int table_a[] = { 1, 2, 3 };
static const int table_b[] = { 1, 2, VERSION == 1 ? 3 : 33 };
static int (*const chosen[])(int) = { first, second };

static void answer(const char *text)
{
    int number = (int)strlen(text);
    int twice = pure(number) + pure(number);

    say("%d %d %d %d %d %d", chosen[0](number), chosen[1](number), scaled(number, VERSION == 1 ? 4 : 5),
        twice, table_a[number % 3], table_b[number % 3]);
}

SERVE(answer)
