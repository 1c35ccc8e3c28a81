#include <serve.h>

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *work(void *text)
{
    pthread_mutex_lock(&lock);
    count += (int)strlen(text) * (VERSION == 1 ? 1 : 100);
    pthread_mutex_unlock(&lock);
    return NULL;
}

/* Threads come and go within one answer; at the update point there is only one. */
static void answer(const char *text)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work, (void *)text);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    say("%d", count);
}

SERVE(answer)
