#include <serve.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count, held;

/* Takes the lock when it is free. */
static void *want(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        count++;
        pthread_mutex_unlock(&lock);
        usleep(1000);
    }
    return unused;
}

static void answer(const char *text)
{
    if (strcmp(text, "hold") == 0 && !held) {
        pthread_mutex_lock(&lock);
        held = 1;
    }
    if (strcmp(text, "free") == 0 && held) {
        held = 0;
        pthread_mutex_unlock(&lock);
        usleep(50000);
    }
    say(VERSION == 1 ? "%s %s" : "%s is %s", text, held ? "held" : count > 0 ? "free" : "new");
}

int main(void)
{
    pthread_t thread;
    int came;

    pthread_create(&thread, NULL, want, NULL);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
