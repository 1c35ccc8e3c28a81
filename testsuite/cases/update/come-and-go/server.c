#include <serve.h>

#if VERSION != 2
static int visitor = 10;

static int visit(void)
{
    static int calls;

    return ++visitor * 100 + ++calls;
}
#else
static long visitor_count = 5;
#endif

static void answer(const char *text)
{
#if VERSION != 2
    say("%d %s%s", visit(), text, VERSION == 3 ? " again" : "");
#else
    say("%ld gone %s", ++visitor_count, text);
#endif
}

SERVE(answer)
