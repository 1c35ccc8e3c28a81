#include <serve.h>

#include <pthread.h>

static int count;

static void *idle(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static void answer(const char *text)
{
    static pthread_t thread;

    if (strcmp(text, "thread") == 0)
        pthread_create(&thread, NULL, idle, NULL);
    if (strcmp(text, "end") == 0) {
        pthread_cancel(thread);
        pthread_join(thread, NULL);
    }
    say(VERSION == 1 ? "%d %s" : "number %d: %s", ++count, text);
}

SERVE(answer)
