#include <ginseng.h>
#include <serve.h>

static int count;

static void answer(const char *text)
{
    GINSENG_TRANSACTION
        count++;
    say("%d %s", count, text);
}

SERVE(answer)
