#include <serve.h>

#if VERSION == 1
static int weights[5] = { 1, 2, 3, 4 };
static struct {
    int id, hits;
} rows[2] = { { 10, 0 }, { 20, 0 } };
#else
static int weights[5] = { 1, 20, 30, 4, 50 };
static struct {
    int id, hits;
} rows[2] = { { 11, 0 }, { 21, 5 } };
#endif

static void answer(const char *text)
{
    if (strcmp(text, "touch") == 0) {
        weights[2] = 33;
        rows[0].hits++;
        rows[1].hits++;
    }
    say("%d %d %d %d %d", weights[0], weights[1], weights[2], weights[3], weights[4]);
    say("%d:%d %d:%d", rows[0].id, rows[0].hits, rows[1].id, rows[1].hits);
}

SERVE(answer)
