#include <serve.h>

/* `step` has the same text in both versions; its value does not. */
#if VERSION == 1
enum { STEP = 3 };
typedef int number;
static const char text_of_size[] = "abc";
#else
enum { STEP = 30 };
typedef long number;
static const char text_of_size[] = "abcdef";
#endif

static int step = STEP;
static int width = sizeof(number);
static int length = sizeof text_of_size - 1;
static const int constant = STEP + 1;

static void answer(const char *text)
{
    (void)text;
    say("%d %d %d %d", step, width, length, constant);
}

SERVE(answer)
