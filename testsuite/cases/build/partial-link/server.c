#include <serve.h>

int count(void);

static void answer(const char *text)
{
    say("%d %s", count(), text);
}

SERVE(answer)
