#include <serve.h>

static int again;
extern int tentative;
static int late(int number) { return number + 20; }
int early(int number) { return number + 10; }

static void answer(const char *text)
{
    int number = (int)strlen(text);

    say("%d %d %d %d", early(number), late(number), ++tentative, ++again);
}

int tentative;

SERVE(answer)
