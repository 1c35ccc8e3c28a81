#include <serve.h>

int a(void), b(void), c(void), d(void);

static void answer(const char *text)
{
    say("%d %s", a() + b() + c() + d(), text);
}

SERVE(answer)
