#include <serve.h>

/* A function known from its prototype, its definition, and a second prototype. */
static int late(int);
int early(int number);
static int late(int number);
extern int tentative;
int tentative;
static int again;
static int again;

static void answer(const char *text)
{
    int number = (int)strlen(text);

    say("%d %d %d %d", early(number), late(number), ++tentative, ++again);
}

int early(int number) { return number + 1; }
static int late(int number) { return number + 2; }
static int again;

SERVE(answer)
