#include <serve.h>
#include <stdlib.h>

/* The bytes written to `name` start where the struct starts, and are not the whole struct. */
struct user {
    char name[16];
    int logins;
#if VERSION >= 2
    int mails;
#endif
#if VERSION >= 3
    char town[12];
#endif
};

static struct user users[3];

static void rename_user(struct user *u, const char *name)
{
    memset(u->name, 0, sizeof u->name);
    memcpy(u->name, name, strnlen(name, sizeof u->name - 1));
}

static void exchange(char *a, char *b)
{
    char names[16];

    memcpy(names, a, sizeof names);
    memmove(a, b, sizeof names);
    memcpy(b, names, sizeof names);
}

/* <index>+ counts, <index>x<other> swaps two names, <index><name> sets it. */
static void answer(const char *text)
{
    struct user *u = &users[*text - '0'];

    if (text[1] == '+') {
        u->logins++;
#if VERSION >= 2
        u->mails += 10;
#endif
#if VERSION >= 3
        snprintf(u->town, sizeof u->town, "town%d", u->logins);
#endif
    } else if (text[1] == 'x') {
        exchange(u->name, users[text[2] - '0'].name);
    } else if (text[1]) {
        rename_user(u, text + 1);
    }
#if VERSION == 1
    say("%s %d", u->name, u->logins);
#elif VERSION == 2
    say("%s %d %d", u->name, u->logins, u->mails);
#else
    say("%s %d %d '%s'", u->name, u->logins, u->mails, u->town);
#endif
}

SERVE(answer)
