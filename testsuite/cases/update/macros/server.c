#include <serve.h>

#if VERSION == 1
#define LIMIT 5
#define SAY(text) say("%s", text)
#else
#define LIMIT 3
#define SAY(text) say("[%s]", text)
#endif

static void answer(const char *text)
{
    if (strlen(text) > LIMIT)
        SAY("too long");
    else
        SAY(text);
}

SERVE(answer)
