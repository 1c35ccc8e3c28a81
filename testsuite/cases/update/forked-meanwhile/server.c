#include <serve.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

static int started;

static int number(void)
{
#if VERSION == 1
    return 1;
#else
    return 2;
#endif
}

/* A child that lives for a few turns of its own loop, and checks what it runs. */
static void child(void)
{
    int first = number();
    int last = first;
    struct pollfd nothing = { -1, 0, 0 };

    for (int turn = 0; turn < 20; turn++) {
        poll(&nothing, 1, 1);
        last = number();
    }
    /* Never back to old code. */
    _exit(last < first ? 9 : 0);
}

static int failures, ended, wanted;

static void start_one(void)
{
    started++;
    if (fork() == 0)
        child();
}

static void reap(void)
{
    int status;

    while (waitpid(-1, &status, WNOHANG) > 0) {
        ended++;
        failures += status != 0;
    }
}

static void answer(const char *text)
{
    if (strcmp(text, "go") == 0)
        wanted = 400;
    if (strcmp(text, "wait") == 0) {
        wanted = 0;
        while (ended < started) {
            int status;

            if (wait(&status) > 0) {
                ended++;
                failures += status != 0;
            }
        }
        say("%d failures, version %d, %s", failures, number(), started > 50 ? "many" : "few");
        return;
    }
    say("version %d", number());
}

int main(void)
{
    int came;

    while ((came = next_line()) >= 0) {
        if (came)
            answer(line);
        if (wanted > 0) {
            wanted--;
            start_one();
        }
        reap();
    }
    return 0;
}
