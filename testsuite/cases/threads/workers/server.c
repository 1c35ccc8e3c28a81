#include <serve.h>

#include <pthread.h>
#include <stdlib.h>

struct job {
    struct job *next;
    char text[20];
#if VERSION == 2
    int length;
#endif
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER, ready = PTHREAD_COND_INITIALIZER;
static struct job *jobs;
static int count, ticks, done;

static struct job *take(void)
{
    struct job *job;

    pthread_mutex_lock(&lock);
    while (!jobs)
        pthread_cond_wait(&more, &lock);
    job = jobs;
    jobs = job->next;
    pthread_mutex_unlock(&lock);
    return job;
}

static void handle(struct job *job)
{
    pthread_mutex_lock(&lock);
    count++;
#if VERSION == 1
    say("%d %s", count, job->text);
#else
    say("number %d: %s has %d", count, job->text, job->length);
#endif
    done = 1;
    pthread_cond_signal(&ready);
    pthread_mutex_unlock(&lock);
    free(job);
}

static void *work(void *unused)
{
    for (;;)
        handle(take());
    return unused;
}

static void tick(void)
{
    ticks += VERSION == 1 ? 1 : 1000000;
}

static void *clock_runs(void *unused)
{
    for (;;) {
        usleep(2000);
        tick();
    }
    return unused;
}

/* Its answer comes from a worker. */
static void answer(const char *text)
{
    struct job *job;

    if (strcmp(text, "ticks") == 0) {
        usleep(100000);
        say(ticks > 1000000 ? "many" : ticks > 0 ? "some" : "none");
        return;
    }
    job = calloc(1, sizeof *job);
    strncpy(job->text, text, sizeof job->text - 1);
#if VERSION == 2
    job->length = (int)strlen(text);
#endif
    pthread_mutex_lock(&lock);
    job->next = jobs;
    jobs = job;
    done = 0;
    pthread_cond_signal(&more);
    while (!done)
        pthread_cond_wait(&ready, &lock);
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    pthread_t thread;
    int came;

    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, work, NULL);
    pthread_create(&thread, NULL, clock_runs, NULL);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
