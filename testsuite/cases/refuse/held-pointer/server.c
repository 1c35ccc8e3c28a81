#include <serve.h>

#if VERSION == 1
static void answer(const char *text)
{
    say("%s", text);
}
#define ANSWER(how) how(line)
#else
static void answer(const char *text, int number)
{
    say("%s %d", text, number);
}
#define ANSWER(how) how(line, 2)
#endif

/* Holds the pointer as long as it runs, and would take it along to its new version. */
static void serve(void (*how)())
{
    int came;

    while ((came = next_line()) >= 0)
        if (came)
            ANSWER(how);
}

int main(void)
{
    void (*chosen)() = answer;

    serve(chosen);
    return 0;
}
