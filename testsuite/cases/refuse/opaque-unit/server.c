#include <serve.h>

int strange(int number);

static int count;

static void answer(const char *text)
{
    count++;
#if VERSION == 2
    say("%d: %s, %d", count, text, strange(count));
#else
    say("%d %s %d", count, text, strange(count));
#endif
}

SERVE(answer)
