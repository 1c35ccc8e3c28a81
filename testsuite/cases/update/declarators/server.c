#include <serve.h>

#if VERSION == 1
static int a = 1, b = 2, *c = &a, d[2] = { 5, 6 }, (*e)(const char *, ...) = printf;
char names[][8] = { "one", "two" };
static int *literal = (int[]){ 1, 2 };
static const struct pair { int x, y; } *pair = &(const struct pair){ 10, 20 };
static _Bool flag = 1;
static unsigned bits = sizeof(int) * 8;
#else
static int a = 1, b = 20, *c = &b, d[2] = { 5, 60 }, (*e)(const char *, ...) = printf;
char names[][8] = { "one", "zwei", "three" };
static int *literal = (int[]){ 1, 2 };
static const struct pair { int x, y; } *pair = &(const struct pair){ 10, 20 };
static _Bool flag = 0;
static unsigned bits = sizeof(long) * 8;
#endif

static void answer(const char *text)
{
    if (*text)
        ++*c;
    e("%d %d %d ", a, b, *c);
    say("%d %d %s %zu %d %d %d %u", d[0], d[1], names[1], sizeof names / sizeof *names, literal[1],
        pair->y, flag, bits);
}

SERVE(answer)
