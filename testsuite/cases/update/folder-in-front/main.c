#include <serve.h>

int count_one(void);
int other_count(void);

static int count;

static void answer(const char *text)
{
#if VERSION == 1
    say("%s: %d %d", text, ++count, count_one());
#else
    say("%s: %d %d %d", text, ++count, count_one(), other_count());
#endif
}

SERVE(answer)
