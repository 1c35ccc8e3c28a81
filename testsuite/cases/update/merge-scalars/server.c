#include <serve.h>

#if VERSION == 1
static int kept = 1;
static int changed = 2;
static long both = 3;
static double ratio = 0.5;
unsigned char small = 7;
#else
static int kept = 1;
static int changed = 20;
static long both = 30;
static double ratio = 0.25;
unsigned char small = 70;
#endif

static void answer(const char *text)
{
    if (strcmp(text, "touch") == 0) {
        kept = 1000;
        both = 3000;
    }
    say("%d %d %ld %g %d", kept, changed, both, ratio, small);
}

SERVE(answer)
