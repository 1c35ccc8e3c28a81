#define _GNU_SOURCE
#include <serve.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

static int count;
static volatile sig_atomic_t came;

static void answer(const char *text)
{
    count++;
#if VERSION == 1
    say("%d %s, %d signals", count, text, came);
#else
    say("number %d: %s, %d signals", count, text, came);
#endif
}

static void note(int number)
{
    (void)number;
    came++;
}

/* A reader whose signals restart it, or do not. */
int main(void)
{
    struct sigaction action = { .sa_handler = note, .sa_flags = FLAGS };
    size_t length = 0;

    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    say("ready");
    for (;;) {
        ssize_t got = read(0, line + length, 1);

        if (got < 0) {
            answer(strerror(errno));
            continue;
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
