#include <serve.h>

int page_count(int fresh);

#if VERSION >= 3
/* Another type, of the same name. */
struct page {
    char text[3];
};
static struct page mine = { "x" };
#endif

static void answer(const char *text)
{
    say("%d %s %d", VERSION, text, page_count(text[0] == 'f'));
#if VERSION >= 3
    mine.text[0]++;
    say("mine %s", mine.text);
#endif
}

SERVE(answer)
