#include <serve.h>

static const char *word(int number)
{
    static const char *const words[] = {
        "zero",
        "one",
#if VERSION >= 2
        "two",
#endif
    };
    static int asked[] = {
        0,
        0,
#if VERSION >= 2
        50,
#endif
    };
    int rows = (int)(sizeof words / sizeof *words);

    if (number >= rows)
        return "many";
    asked[number]++;
    say("asked %d", asked[number]);
    return words[number];
}

static void answer(const char *text)
{
    say("%s", word((int)strlen(text)));
}

SERVE(answer)
