#include <serve.h>

#if VERSION == 1
static const int factor = 3;
const char banner[] = "first";
const double rates[] = { 1.5, 2.5 };
#else
static const int factor = 4;
const char banner[] = "later";
const double rates[] = { 1.5, 3.5 };
#endif

static int calls;

/* Does not change, and must move to the new values all the same. */
static void answer(const char *text)
{
    int number = (int)strlen(text);

    say("%d: %d %s %zu %g", ++calls, number * factor, banner, sizeof banner, rates[number % 2]);
}

SERVE(answer)
