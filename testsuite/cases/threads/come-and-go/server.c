#include <serve.h>

#include <pthread.h>
#include <stdlib.h>

struct task {
    int number;
#if VERSION == 2
    int twice;
#endif
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int started, wrong, count;

/* The life of a thread: made, a short work, gone. */
static void *live(void *argument)
{
    struct task *task = argument;

#if VERSION == 2
    if (task->twice != 0 && task->twice != 2 * task->number)
        wrong++;
#endif
    usleep(300);
    pthread_mutex_lock(&lock);
    if (task->number <= 0)
        wrong++;
    count++;
    pthread_mutex_unlock(&lock);
    free(task);
    return NULL;
}

static void begin(void)
{
    struct task *task = calloc(1, sizeof *task);
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    task->number = ++started;
#if VERSION == 2
    task->twice = 2 * task->number;
#endif
    if (pthread_create(&thread, &attributes, live, task) != 0)
        wrong++;
}

static void *spawn(void *unused)
{
    for (;;) {
        begin();
        usleep(1000);
    }
    return unused;
}

static void answer(const char *text)
{
    int before = count;

    usleep(100000);
    say("%s: %s, %d wrong, version %d", text, count > before ? "they live" : "none", wrong, VERSION);
}

int main(void)
{
    pthread_t thread;
    int came;

    for (int i = 0; i < 2; i++)
        pthread_create(&thread, NULL, spawn, NULL);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
