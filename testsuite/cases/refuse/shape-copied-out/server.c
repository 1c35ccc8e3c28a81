#include <serve.h>
#include <sys/socket.h>

/* A visitor is copied into what is sent, behind a mark. */
struct visitor {
    int number;
#if VERSION == 2
    int length;
#endif
    char name[8];
};

static struct visitor last;
static int ends[2];

static void answer(const char *text)
{
    char packet[64] = "visitor:";
    size_t size = 8 + sizeof last;

    if (ends[0] == 0)
        socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    last.number++;
    snprintf(last.name, sizeof last.name, "%s", text);
#if VERSION == 2
    last.length = strlen(text);
    say("length %d", last.length);
#endif
    memcpy(packet + 8, &last, sizeof last);
    send(ends[0], packet, size, 0);
    memset(packet, 0, sizeof packet);
    size = recv(ends[1], packet, sizeof packet, 0);
#if VERSION == 3
    say("%.8s %s, %zu bytes", packet, packet + 12, size);
#else
    say("%.8s %s %zu", packet, packet + 12, size);
#endif
}

SERVE(answer)
