#include <serve.h>

#include <errno.h>
#include <stdlib.h>

static int count;

#if VERSION == 1
static void reply(const char *text)
{
    say("%d %s", count, text);
}
#else
static void reply(const char *text, const char *mark)
{
    say("number %d: %s%s", count, text, mark);
}
#endif

/* What comes behind the window calls `reply` as it was: it must not be updated there. The loop ends
   with each line, so at its head nothing old is left. */
static void serve(void)
{
    size_t length = 0;

    while (read(0, line + length, 1) == 1) {
        if (line[length] != '\n') {
            length++;
            continue;
        }
        line[length] = '\0';
        length = 0;
        count++;
#if VERSION == 1
        reply(line);
#else
        reply(line, "!");
#endif
        if (strcmp(line, "again") == 0)
            return;
    }
    exit(0);
}

int main(void)
{
    for (;;)
        serve();
}
