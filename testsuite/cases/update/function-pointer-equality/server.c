#include <serve.h>

typedef int (*operation)(int);

static int first(int number)
{
#if VERSION == 1
    return number + 1;
#else
    return number + 100;
#endif
}

int second(int number)
{
    return number * 2;
}

static operation stored;

#if VERSION >= 2
static operation fresh = first;
#endif

static void answer(const char *text)
{
    if (*text)
        stored = first;
#if VERSION == 1
    say("%d %s", stored(1), stored == first && stored != second ? "equal" : "differs");
#else
    say("new %d %s", stored(1),
        stored == first && stored == fresh && stored != second ? "equal" : "differs");
#endif
}

SERVE(answer)
