#include <ginseng.h>
#include <serve.h>

static void answer(const char *text)
{
    GINSENG_UPDATE_POINT("answer");
    say("%s", text);
}

SERVE(answer)
