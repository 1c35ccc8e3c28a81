#include <serve.h>

int count_one(void);

static int lines;

static void answer(const char *text)
{
    say("%s: count %d, line %d", text, count_one(), ++lines);
}

SERVE(answer)
