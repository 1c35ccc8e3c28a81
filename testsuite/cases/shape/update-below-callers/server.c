#include <serve.h>
#include <stdlib.h>

struct task {
    char name[8];
#if VERSION >= 2
    long started;
#endif
    int steps;
    struct task *parent;
#if VERSION >= 3
    int count;
    char last[8];
#endif
};

static struct task *current;
#if VERSION >= 2
static long now;
#endif

static void show(const struct task *t)
{
    char path[100];
    int length = 0;

    for (const struct task *p = t; p; p = p->parent)
#if VERSION == 1
        length += sprintf(path + length, " %s %d", p->name, p->steps);
#elif VERSION == 2
        length += sprintf(path + length, " %s %d@%ld", p->name, p->steps, p->started);
#else
        length += sprintf(path + length, " %s %d@%ld+%d%s", p->name, p->steps, p->started,
                          p->count, p->last);
#endif
    say("%s", path + 1);
}

static void step(struct task *t, const char *text)
{
    t->steps += strlen(text);
#if VERSION >= 2
    if (!t->started)
        t->started = ++now;
#endif
    show(t);
}

static void finish(struct task *t)
{
#if VERSION >= 3
    if (t->parent) {
        t->parent->count++;
        strcpy(t->parent->last, t->name);
    }
#endif
    current = t->parent;
    say("%s ends", t->name);
}

/* Each task is an automatic object of an activation of its own; (name begins one, ) ends it. */
static void work(struct task *parent, const char *name)
{
    struct task task;
    int came;

    memset(&task, 0, sizeof task);
    snprintf(task.name, sizeof task.name, "%s", name);
    task.parent = parent;
    current = &task;
    while ((came = next_line()) >= 0) {
        if (came == 0)
            continue;
        if (*line == '(')
            work(&task, line + 1);
        else if (*line == ')')
            break;
        else
            step(current, line);
    }
    if (came < 0)
        _exit(0);
    finish(&task);
}

int main(void)
{
    work(NULL, "main");
    return 0;
}
