#include <serve.h>

static int table[] = {
    1,
    2,
#if VERSION == 2
    3,
#endif
};

static void answer(const char *text)
{
    table[0]++;
#if VERSION == 3
    say("%s: %d", text, table[0]);
#else
    say("%s %d", text, table[0]);
#endif
}

int main(void)
{
    int came;

    while ((came = next_line()) >= 0) {
        if (came)
            answer(line);
        if (table[0] > 100)
            return 1;
    }
    return 0;
}
