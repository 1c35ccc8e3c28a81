#define _GNU_SOURCE
#include <serve.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int count;

static void answer(int status)
{
    count++;
#if VERSION == 1
    say("%d exit %d", count, status);
#else
    say("number %d: exit %d", count, status);
#endif
}

/* Exits with the number that comes; no update gets into it. */
static void child(void)
{
    char text[8] = "";
    size_t length = 0;
    int got;

    while ((got = getchar()) != EOF && got != '\n')
        text[length++ % 7] = (char)got;
    _exit(got == EOF ? 99 : atoi(text));
}

int main(void)
{
    setvbuf(stdin, NULL, _IONBF, 0);
    for (;;) {
        int status = 0;
        siginfo_t info = { 0 };
        struct rusage usage;
        pid_t pid = fork();

        if (pid == 0)
            child();
        if ((WAIT) < 0) {
            say("failed: %s", strerror(errno));
            return 1;
        }
        status = info.si_pid ? info.si_status : WEXITSTATUS(status);
        if (status == 99)
            return 0;
        answer(status);
        (void)usage;
    }
}
