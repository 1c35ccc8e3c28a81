#include <serve.h>

#if VERSION == 1
typedef int number;
#elif VERSION == 2
typedef long number;
#else
typedef double number;
#endif

/* Zero, with an initialiser, static in a function, an array, unsigned to signed, never changed. */
static number total;
number visible = 5;
static number row[3] = { 1, 2, 3 };
#if VERSION == 1
static unsigned char level = 250;
#else
static int level = 250;
#endif
#if VERSION == 3
static number untouched = 8;
#else
static number untouched = 7;
#endif

static void answer(const char *text)
{
    static number calls = 100;
    int length = strlen(text);

    calls++;
    total += length;
    visible -= length;
    row[1] += length;
    level++;
#if VERSION >= 2
    total += 10000000000;
    say("%.0f %.0f %.0f %.0f,%.0f,%.0f %d %.0f", (double)calls, (double)total, (double)visible,
        (double)row[0], (double)row[1], (double)row[2], level, (double)untouched);
#else
    say("%d %d %d %d,%d,%d %d %d", calls, total, visible, row[0], row[1], row[2], level,
        untouched);
#endif
}

SERVE(answer)
