#include <serve.h>
#include <stddef.h>
#include <stdlib.h>

struct link {
    struct link *next, *previous;
};

#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

static struct link jobs = { &jobs, &jobs };
static struct link urgent = { &urgent, &urgent };

struct job {
#if VERSION >= 2
    int priority;
#endif
    int number;
    struct link all;
#if VERSION >= 3
    char state[8];
#endif
    struct link hurry;
    char name[8];
};

static void append(struct link *list, struct link *item)
{
    item->previous = list->previous;
    item->next = list;
    list->previous->next = item;
    list->previous = item;
}

static void detach(struct link *item)
{
    item->previous->next = item->next;
    item->next->previous = item->previous;
}

static void show(const char *what, struct job *j)
{
#if VERSION == 1
    say("%s %d %s", what, j->number, j->name);
#elif VERSION == 2
    j->priority++;
    say("%s %d %s %d", what, j->number, j->name, j->priority);
#else
    say("%s %d %s %d '%s'", what, j->number, j->name, j->priority, j->state);
    strcpy(j->state, j->priority > 2 ? "much" : "few");
#endif
}

/* A name makes a job, an urgent one if it starts with !; - ends the first urgent one. */
static void answer(const char *text)
{
    static int count;
    struct job *j;

    if (*text == '-') {
        j = container_of(urgent.next, struct job, hurry);
        detach(&j->all);
        detach(&j->hurry);
        free(j);
    } else if (*text != '?') {
        j = malloc(sizeof *j);
        memset(j, 0, sizeof *j);
        j->number = ++count;
        snprintf(j->name, sizeof j->name, "%s", text);
        append(&jobs, &j->all);
        if (*text == '!')
            append(&urgent, &j->hurry);
    }
    for (struct link *l = jobs.next; l != &jobs; l = l->next)
        show("job", container_of(l, struct job, all));
    for (struct link *l = urgent.next; l != &urgent; l = l->next)
        show("urgent", container_of(l, struct job, hurry));
    say("end");
}

SERVE(answer)
