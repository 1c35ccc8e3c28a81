#include <serve.h>
#include <stdlib.h>
#include <sys/wait.h>

struct job {
    int number;
#if VERSION >= 2
    char note[12];
#endif
    int done;
#if VERSION >= 3
    int tries;
#endif
};

static struct job *jobs[4];
static struct job last;

static void show(const char *who, const struct job *j)
{
#if VERSION == 1
    say("%s %d %d", who, j->number, j->done);
#elif VERSION == 2
    say("%s %d %d '%s'", who, j->number, j->done, j->note);
#else
    say("%s %d %d '%s' %d", who, j->number, j->done, j->note, j->tries);
#endif
}

static void work(struct job *j)
{
    j->done++;
#if VERSION >= 2
    snprintf(j->note, sizeof j->note, "note %d", j->done);
#endif
#if VERSION >= 3
    j->tries += 7;
#endif
    last = *j;
}

/* The child works on its copy, which the parent does not see. */
static void answer(const char *text)
{
    int number = *text - '0';
    pid_t child;

    if (!jobs[number]) {
        jobs[number] = calloc(1, sizeof **jobs);
        jobs[number]->number = number;
    }
    if (text[1] == '+')
        work(jobs[number]);
    child = fork();
    if (child == 0) {
        work(jobs[number]);
        show("child", jobs[number]);
        show("last", &last);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    show("parent", jobs[number]);
    show("last", &last);
}

SERVE(answer)
