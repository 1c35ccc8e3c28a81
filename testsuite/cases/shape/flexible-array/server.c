#include <serve.h>
#include <stddef.h>
#include <stdlib.h>

struct message {
    int number;
#if VERSION >= 2
    int priority;
#endif
    int length;
#if VERSION >= 3
    long sent;
#endif
    char text[];
};

static struct message *messages[3];

/* <index><text> stores, <index> shows, <index>! raises what is new. */
static void answer(const char *text)
{
    int number = text[0] - '0';
    struct message *m = messages[number];

    if (text[1] && text[1] != '!') {
        int length = strlen(text + 1);
        free(m);
        m = messages[number] = malloc(offsetof(struct message, text) + length + 1);
        m->number = number;
        m->length = length;
#if VERSION >= 2
        m->priority = 0;
#endif
#if VERSION >= 3
        m->sent = 0;
#endif
        memcpy(m->text, text + 1, length + 1);
    }
#if VERSION >= 2
    if (text[1] == '!')
        m->priority += 5;
#endif
#if VERSION >= 3
    m->sent += 1000000000000;
#endif
#if VERSION == 1
    say("%d %d %s", m->number, m->length, m->text);
#elif VERSION == 2
    say("%d %d %d %s", m->number, m->priority, m->length, m->text);
#else
    say("%d %d %d %ld %s", m->number, m->priority, m->length, m->sent, m->text);
#endif
}

SERVE(answer)
