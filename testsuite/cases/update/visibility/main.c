#include <serve.h>

#include "part.h"

static void answer(const char *text)
{
#if VERSION == 1
    say("%d %d", hidden(1), protected_one(1));
#else
    say("%d %d %s", hidden(2), protected_one(2), text);
    internal += 1;
    say("%d", internal + by_pragma() - internal);
#endif
}

SERVE(answer)
