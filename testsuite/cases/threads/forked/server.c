#include <serve.h>

#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

static int count, to_child[2], from_child[2];

static void *idle(void *unused)
{
    for (;;) {
        usleep(1000);
        count++;
    }
    return unused;
}

/* The child has one thread; it says what it is asked. */
static void child(void)
{
    char byte, text[40];

    while (read(to_child[0], &byte, 1) == 1) {
        int length = snprintf(text, sizeof text, VERSION == 1 ? "child %c\n" : "new child %c\n", byte);

        if (write(from_child[1], text, length) != length)
            break;
    }
    _exit(0);
}

static void answer(const char *text)
{
    char reply[64];
    ssize_t length;

    if (strcmp(text, "fork") == 0) {
        if (pipe(to_child) != 0 || pipe(from_child) != 0)
            exit(3);
        if (fork() == 0) {
            close(to_child[1]);
            child();
        }
        close(to_child[0]);
    }
    if (write(to_child[1], text, 1) != 1)
        exit(4);
    length = read(from_child[0], reply, sizeof reply - 1);
    say(VERSION == 1 ? "%.*s" : "from a %.*s", (int)length - 1, reply);
}

int main(void)
{
    pthread_t thread;
    int came;

    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, idle, NULL);
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
