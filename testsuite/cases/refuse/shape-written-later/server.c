#include <serve.h>

/* Its new field lies beside it from version 2 on; version 3 would write it without. */
struct visit {
    int number;
#if VERSION >= 2
    int length;
#endif
};

static struct visit visits[8];
static int count;

static void answer(const char *text)
{
    struct visit *visit = &visits[count++];

    visit->number = count;
#if VERSION == 1
    say("%d %s", visit->number, text);
#else
    visit->length = strlen(text);
    say("%d %s %d", visit->number, text, visit->length);
#endif
#if VERSION == 3
    write(2, visits, sizeof visits);
#elif VERSION == 4
    say("%d so far", visits[0].length + visit->length);
#endif
}

SERVE(answer)
