#include <serve.h>

#include <setjmp.h>

static jmp_buf top;
static int failures;

static void check(const char *text)
{
    if (strcmp(text, "bad") == 0)
        longjmp(top, 1);
#if VERSION == 1
    say("good %s", text);
#else
    say("very good %s after %d", text, failures);
#endif
}

int main(void)
{
    int came;

    if (setjmp(top))
        say("failure %d", ++failures);
    while ((came = next_line()) >= 0)
        if (came)
            check(line);
    return 0;
}
