#include <sandbox.h>
#include <serve.h>

#include <pthread.h>
#include <stdlib.h>

static int jobs[2], count;

/* Reads one byte and ends; what else it does by itself is what libc does for its end. */
static void *work(void *unused)
{
    SANDBOX(program,
            MAY(SYS_read), MAY(SYS_exit), MAY(SYS_futex), MAY(SYS_madvise), MAY(SYS_munmap),
            MAY(SYS_rt_sigprocmask));
    char byte;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return unused;
    while (read(jobs[0], &byte, 1) == 1) {
        count++;
        if (byte == 'e')
            break;
    }
    return unused;
}

static void answer(const char *text)
{
    pthread_t thread;

    for (int left = atoi(text); left > 0; left--)
        if (write(jobs[1], "e", 1) == 1 && pthread_create(&thread, NULL, work, NULL) == 0)
            pthread_join(thread, NULL);
    say(VERSION == 1 ? "%d" : "now %d", count);
}

int main(void)
{
    int came;

    if (pipe(jobs))
        return 1;
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
