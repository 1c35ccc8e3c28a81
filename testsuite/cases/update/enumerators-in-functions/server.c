#include <serve.h>

/* The two functions have enumerators in common, each with values of its own: none of them changes. */
static int letters(const char *text)
{
    enum { START, OTHER, END } state = START;
    int count = 0;

    for (; state != END; text++) {
        state = *text == '\0' ? END : OTHER;
        count += state == OTHER;
    }
    return count;
}

static int words(const char *text)
{
    enum { START, SPACE, OTHER, END } state = START;
    int count = 0;

    for (; state != END; text++) {
        int before = state;

        state = *text == '\0' ? END : *text == ' ' ? SPACE : OTHER;
        count += state == OTHER && before != OTHER;
    }
    return count;
}

static void answer(const char *text)
{
#if VERSION == 1
    say("%d %d", letters(text), words(text));
#else
    say("%d letters, %d words", letters(text), words(text));
#endif
}

SERVE(answer)
