#include <greet.h>
#include <serve.h>

static int count;

static void answer(const char *text)
{
    count++;
    say("%d %s, %s %s", VERSION, greeting(count % GREETINGS), text, VERSION == 2 ? "!" : ".");
}

SERVE(answer)
