#include <serve.h>
#include <sys/socket.h>

/* Versions 2 and 4 have a new field; versions 1 and 2 send the record as it is. */
struct visit {
    int number;
#if VERSION == 2 || VERSION == 4
    int length;
#endif
};

static struct visit last;
static int ends[2];

static void answer(const char *text)
{
    char back[64];
    size_t size = sizeof last.number;

    if (ends[0] == 0)
        socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    last.number++;
#if VERSION == 2 || VERSION == 4
    last.length += strlen(text);
    say("length %d", last.length);
#endif
#if VERSION <= 2
    send(ends[0], &last, sizeof last, 0);
#else
    send(ends[0], &last.number, sizeof last.number, 0);
#endif
    say("%s: %d", text, recv(ends[1], back, sizeof back, 0) == (ssize_t)size);
}

SERVE(answer)
