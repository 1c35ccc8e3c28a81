#include <serve.h>

/* Pairs are compared as bytes. */
struct pair {
#if VERSION == 4
    int right, left;
#else
    int left, right;
#endif
#if VERSION == 2
    int middle;
#endif
};

static struct pair last, now;

static void answer(const char *text)
{
    const char *same;

    last = now;
    now.left = text[0];
    now.right = text[1];
#if VERSION == 2
    now.middle = text[2];
#endif
    same = memcmp(&last, &now, sizeof now) == 0 ? "same" : "other";
#if VERSION >= 3
    say("%c %s: %s", now.left, text, same);
#else
    say("%s: %s", text, same);
#endif
}

SERVE(answer)
