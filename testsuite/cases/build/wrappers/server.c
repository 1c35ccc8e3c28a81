#include <serve.h>

static void answer(const char *text)
{
    say("%d %s", VERSION, text);
}

SERVE(answer)
