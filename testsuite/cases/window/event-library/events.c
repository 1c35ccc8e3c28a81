/* A library with an event loop, called like libev's. */
#include "events.h"

#include <poll.h>
#include <stddef.h>
#include <unistd.h>

static struct ev_loop the_loop;
static event_callback *callback;
static int stopped;

struct ev_loop *ev_default_loop(void)
{
    return &the_loop;
}

void ev_on_line(event_callback *call)
{
    callback = call;
}

void ev_break(void)
{
    stopped = 1;
}

/* One turn; also for those who wait for a single event somewhere else than in the loop. */
int ev_turn(void)
{
    struct pollfd input = { 0, POLLIN, 0 };
    char line[256];
    size_t length = 0;

    if (poll(&input, 1, -1) <= 0)
        return -1;
    while (length < sizeof line - 1 && read(0, line + length, 1) == 1 && line[length] != '\n')
        length++;
    if (length == 0) {
        stopped = 1;
        return 0;
    }
    line[length] = '\0';
    callback(line);
    return 0;
}

int ev_run(struct ev_loop *loop, int flags)
{
    (void)flags;
    loop->turns = 0;
    for (stopped = 0; !stopped; loop->turns++)
        if (ev_turn() < 0)
            return -1;
    stopped = 0;
    return loop->turns;
}
