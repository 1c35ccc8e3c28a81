#define _GNU_SOURCE
#include <sandbox.h>
#include <serve.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

static int jobs[2], results[2];

/* What the sessions do; any other system call is a session's last. */
static void confine(int by_number)
{
    SANDBOX(program,
            MAY(SYS_read), MAY(SYS_write), MAY(SYS_ppoll), MAY(SYS_exit_group), MAY(SYS_clone),
            MAY(SYS_wait4), MAY(SYS_set_robust_list), MAY(SYS_gettid), MAY(SYS_rseq));

    /* Asks whether there are filters at all, as programs do. */
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        exit(8);
    if (by_number ? syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)
                  : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        exit(9);
}

/* For a second: no update point. */
static void compute(void)
{
    struct timespec now, start;

    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec * 10 + now.tv_nsec / 100000000 < start.tv_sec * 10 + start.tv_nsec / 100000000 + 10);
}

static void reply(char byte)
{
    byte += VERSION;
    if (write(results[1], &byte, 1) != 1)
        exit(7);
}

/* 'x': its own child looks at the job. */
static void work(char byte)
{
    int status = 0;

    if (byte == 'x' && fork() == 0)
        _exit(5);
    if (byte == 'x' && wait(&status) > 0)
        byte = '0' + WEXITSTATUS(status);
    reply(byte);
}

static void session(int by_number)
{
    struct pollfd input = { jobs[0], POLLIN, 0 };
    sigset_t none;
    char byte;

    close(jobs[1]);
    sigemptyset(&none);
    while (ppoll(&input, 1, NULL, &none) == 1 && read(jobs[0], &byte, 1) == 1) {
        if (byte == 'b')
            compute();
        if (byte == 'b' || byte == 'c')
            confine(by_number);
        work(byte);
    }
    exit(6);
}

static void answer(const char *text)
{
    char byte = *text;
    int status;

    if (strcmp(text, "end") == 0) {
        close(jobs[1]);
        if (wait(&status) > 0)
            say("%d, signal %d", WEXITSTATUS(status), WTERMSIG(status));
        return;
    }
    if (write(jobs[1], &byte, 1) == 1 && read(results[0], &byte, 1) == 1)
        say(VERSION == 1 ? "%c" : "now %c", byte);
    else
        say("no session");
}

int main(int argc, char **arguments)
{
    int came;

    if (argc < 2 || pipe(jobs) || pipe(results))
        return 1;
    if (fork() == 0)
        session(arguments[1][0] == 'n');
    close(results[1]);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
