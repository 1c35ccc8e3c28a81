#include <sandbox.h>
#include <serve.h>

#include <pthread.h>
#include <sched.h>

static int jobs[2], results[2];
static int begun;

/* Reads, writes and takes locks; any other system call is the process's last. */
static void *work(void *unused)
{
    SANDBOX(program, MAY(SYS_read), MAY(SYS_write), MAY(SYS_futex), MAY(SYS_rt_sigreturn));
    char byte;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return unused;
    while (read(jobs[0], &byte, 1) == 1) {
        if (!byte) {
            __atomic_store_n(&begun, 1, __ATOMIC_SEQ_CST);
            continue;
        }
        byte += VERSION;
        if (write(results[1], &byte, 1) != 1)
            break;
    }
    return NULL;
}

static void answer(const char *text)
{
    char byte = *text;

    if (write(jobs[1], &byte, 1) == 1 && read(results[0], &byte, 1) == 1)
        say(VERSION == 1 ? "%c" : "now %c", byte);
}

int main(void)
{
    pthread_t thread;
    int came;

    if (pipe(jobs) || pipe(results) || pthread_create(&thread, NULL, work, NULL))
        return 1;
    /* The first call that waits is the thread's. */
    if (write(jobs[1], "", 1) != 1)
        return 1;
    while (!__atomic_load_n(&begun, __ATOMIC_SEQ_CST))
        sched_yield();
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
