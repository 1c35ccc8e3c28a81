#include <serve.h>

#include <stdlib.h>

/* An event loop that knows its handlers only by pointers in the heap. */
struct handler {
    struct handler *next;
    int (*run)(struct handler *self, const char *text);
    int calls;
};

static struct handler *handlers;

static int count_lines(struct handler *self, const char *text)
{
    self->calls++;
#if VERSION == 1
    say("%d %s", self->calls, text);
#else
    say("number %d: %s", self->calls, text);
#endif
    return 0;
}

#if VERSION >= 2
static int shout(struct handler *self, const char *text)
{
    self->calls++;
    say("%s!", text);
    return 0;
}
#endif

static void add(int (*run)(struct handler *, const char *))
{
    struct handler *handler = calloc(1, sizeof *handler);

    handler->run = run;
    handler->next = handlers;
    handlers = handler;
}

static int quit(struct handler *self, const char *text)
{
    (void)self;
#if VERSION >= 2
    if (strcmp(text, "shout") == 0)
        add(shout);
#endif
    return strcmp(text, "quit") == 0;
}

int main(void)
{
    int came;

    add(count_lines);
    add(quit);
    while ((came = next_line()) >= 0) {
        if (came == 0)
            continue;
        for (struct handler *handler = handlers; handler; handler = handler->next)
            if (handler->run(handler, line))
                return 0;
    }
    return 0;
}
