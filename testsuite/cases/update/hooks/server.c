#include <serve.h>

static int base = 5;

static int plus(int number)
{
    return number + base;
}

static int times(int number)
{
    return number * base;
}

#if VERSION == 1
static int (*untouched)(int) = plus;
static int (*touched)(int) = plus;
static struct {
    int (*run)(int);
    int *with;
} hooks[] = { { plus, &base }, { plus, NULL } };
#else
static int minus(int number)
{
    return number - base;
}

static int (*untouched)(int) = minus;
static int (*touched)(int) = minus;
static struct {
    int (*run)(int);
    int *with;
} hooks[] = { { times, &base }, { minus, &base } };
static int *const added = &base;
static int (*const chosen)(int) = times;
#endif

static void answer(const char *text)
{
    int number = (int)strlen(text);

    if (strcmp(text, "touch") == 0)
        touched = times;
    if (hooks[0].with)
        ++*hooks[0].with;
#if VERSION == 1
    say("%d %d %d %d", untouched(number), touched(number), hooks[0].run(number), hooks[1].run(number));
#else
    say("%d %d %d %d, %d %d", untouched(number), touched(number), hooks[0].run(number),
        hooks[1].run(number), *added, chosen(1));
#endif
}

SERVE(answer)
