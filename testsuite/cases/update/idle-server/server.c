#include <serve.h>

#include <errno.h>
#include <stdlib.h>

static int count;

static void answer(const char *text)
{
    count++;
#if VERSION == 1
    say("%d %s", count, text);
#else
    say("number %d: %s", count, text);
#endif
}

/* Blocks without a time limit, as an idle server does. */
int main(void)
{
    size_t length = 0;

    for (;;) {
        ssize_t got = read(0, line + length, 1);

        if (got < 0) {
            say("read failed: %s", strerror(errno));
            return 1;
        }
        if (got == 0)
            return 0;
        if (line[length] != '\n') {
            length++;
            continue;
        }
        line[length] = '\0';
        length = 0;
        answer(line);
    }
}
