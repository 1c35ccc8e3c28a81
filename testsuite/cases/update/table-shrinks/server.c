#include <serve.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

#if VERSION == 1
static int slots[] = { 10, 20, 30, 40 };
#else
static int slots[] = { 10, 21 };
#endif

static void answer(const char *text)
{
    if (*text)
        slots[0]++;
    say("%d of %d", slots[0] + slots[1], COUNT(slots));
}

SERVE(answer)
