#include <serve.h>

struct record {
    int count;
#if VERSION >= 2
    long total;
#endif
};

static struct record record;

static int step(int number)
{
    static int last;
    last = last * 10 + number;
    return last;
}

static void answer(const char *text)
{
    record.count++;
#if VERSION >= 2
    record.total += 100;
    say("%d %d %ld %s", record.count, step(VERSION), record.total, text);
#else
    say("%d %d %s", record.count, step(VERSION), text);
#endif
}

SERVE(answer)
