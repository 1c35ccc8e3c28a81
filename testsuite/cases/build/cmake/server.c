#include <serve.h>

int count_one(void);

static void answer(const char *text)
{
    say("%s %d %s", RELEASE, count_one(), text);
}

SERVE(answer)
