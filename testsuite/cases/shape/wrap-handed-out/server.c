#include <serve.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Users live on and get new fields; what is sent of them is a record of its own, and fields. */
struct user {
#if VERSION >= 2
    long seen;
#endif
    int number;
    char name[8];
#if VERSION >= 3
    char place[8];
#endif
    struct user *next;
};

struct message {
    int number;
    char name[8];
};

static struct user *users;
static int ends[2];

static void send_user(const struct user *user)
{
    struct message message = { .number = user->number }, back;
    char name[8], number[sizeof user->number];
    struct iovec parts[2] = { { (void *)user->name, sizeof user->name },
                              { (void *)&user->number, sizeof user->number } };
    struct iovec room[2] = { { name, sizeof name }, { number, sizeof number } };

    memcpy(message.name, user->name, sizeof message.name);
    send(ends[0], &message, sizeof message, 0);
    recv(ends[1], &back, sizeof back, 0);
    writev(ends[0], parts, 2);
    readv(ends[1], room, 2);
#if VERSION == 1
    say("%d %s %s", back.number, back.name, name);
#elif VERSION == 2
    say("%d %s %s %ld", back.number, back.name, name, user->seen);
#else
    say("%d %s %s %ld %s", back.number, back.name, name, user->seen, user->place);
#endif
}

static void answer(const char *text)
{
    struct user *user;

    if (users == NULL)
        socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    user = calloc(1, sizeof *user);
    user->number = users == NULL ? 1 : users->number + 1;
    snprintf(user->name, sizeof user->name, "%s", text);
    user->next = users;
    users = user;
    for (; user != NULL; user = user->next) {
#if VERSION >= 2
        user->seen++;
#endif
#if VERSION >= 3
        if (user->place[0] == '\0')
            snprintf(user->place, sizeof user->place, "at %s", text);
#endif
        send_user(user);
    }
}

SERVE(answer)
