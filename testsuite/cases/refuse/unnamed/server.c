#include <serve.h>

#if VERSION == 2
union {
    const char *name;
    int seen;
} word = { "word" };
#else
struct {
    const char *name;
    int seen;
} word = { "word" };
#endif

struct outer {
    struct {
        int count;
#if VERSION == 3
        int sum;
#endif
    } inner;
} all;

static void answer(const char *text)
{
    all.inner.count++;
    say("%d %s %d", VERSION, text, all.inner.count);
    if (text[0] == 'w')
        fwrite(&all, sizeof all, 1, stderr);
}

SERVE(answer)
