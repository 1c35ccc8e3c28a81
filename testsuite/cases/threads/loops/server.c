#include <serve.h>

#include <pthread.h>

/* What each thread says last, by its number. */
static struct {
    pthread_mutex_t lock;
    int number, turns, version;
} seen[3] = {
    { PTHREAD_MUTEX_INITIALIZER, 0, 0, 0 },
    { PTHREAD_MUTEX_INITIALIZER, 0, 0, 0 },
    { PTHREAD_MUTEX_INITIALIZER, 0, 0, 0 },
};

/* The loop of the second version counts on, by more. */
static void *run(void *argument)
{
    int number = *(int *)argument, length = 10 * number, turns = 100;

    for (;;) {
        usleep(1000);
        pthread_mutex_lock(&seen[number].lock);
#if VERSION == 1
        turns++;
#else
        turns += 1000;
#endif
        seen[number].number = length;
        seen[number].turns = turns;
        seen[number].version = VERSION;
        pthread_mutex_unlock(&seen[number].lock);
    }
    return argument;
}

static void answer(const char *text)
{
    int before[3], good = 0;

    for (int i = 0; i < 3; i++)
        before[i] = seen[i].turns;
    usleep(60000);
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&seen[i].lock);
        good += seen[i].version == VERSION && seen[i].turns >= 100
            && (VERSION == 1 ? seen[i].turns < 1000 : seen[i].turns > before[i] + 1000);
        pthread_mutex_unlock(&seen[i].lock);
    }
    say("%s %d threads %d", text, good, seen[2].number / 10);
}

int main(void)
{
    static int numbers[3] = { 0, 1, 2 };
    pthread_t thread;
    int came;

    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, run, &numbers[i]);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
