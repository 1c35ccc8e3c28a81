#include <serve.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_t waiting, sleeping;
static int cleaned, turns;

static void clean(void *number)
{
    cleaned += *(int *)number;
    pthread_mutex_unlock(&lock);
}

/* Waits for what never comes. */
static void *wait_on(void *number)
{
    pthread_mutex_lock(&lock);
    pthread_cleanup_push(clean, number);
    for (;;) {
        pthread_cond_wait(&never, &lock);
        turns += VERSION;
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *sleep_on(void *unused)
{
    for (;;) {
        usleep(1000);
        turns += VERSION;
    }
    return unused;
}

static void answer(const char *text)
{
    void *end[2];

    if (strcmp(text, "cancel") == 0) {
        pthread_cancel(waiting);
        pthread_cancel(sleeping);
        pthread_join(waiting, &end[0]);
        pthread_join(sleeping, &end[1]);
        say("%d cleaned, %s", cleaned, end[0] == PTHREAD_CANCELED && end[1] == PTHREAD_CANCELED ? "both" : "no");
    } else {
        say(VERSION == 1 ? "%s" : "%s again", text);
    }
}

int main(void)
{
    static int three = 3;
    int came;

    pthread_create(&waiting, NULL, wait_on, &three);
    pthread_create(&sleeping, NULL, sleep_on, NULL);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
