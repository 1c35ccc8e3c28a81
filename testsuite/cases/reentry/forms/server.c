#include <serve.h>

#if VERSION == 1
#define MARK " "
#else
#define MARK ": "
#endif
#define SAY(form) say(form MARK "%d %s", (int)i, text)

static void mark(int *place)
{
    *place += 100;
}

static int with_for(const char *text)
{
    int i = 0;

    for (int step = 2, came; (came = next_line()) >= 0; i += came * step) {
        if (!came)
            continue;
        SAY("for");
        if (strcmp(line, "next") == 0)
            return i;
#if VERSION == 2
        step = 3;
#endif
    }
    return -1;
}

static int with_do(text) const char *text;
{
    register int i = 10;
    int came = 0;

    do {
        if (!came)
            continue;
        i++;
        SAY("do");
        if (strcmp(line, "next") == 0)
            break;
    } while ((came = next_line()) >= 0);
    return i;
}

static int with_goto(const char *text)
{
    volatile int i = 50;
    const int limit = 1000;
    int came;

again:
    while ((came = next_line()) >= 0) {
        if (!came)
            continue;
        i++;
        SAY("goto");
        if (strcmp(line, "next") == 0)
            goto out;
        if (i < limit)
            goto again;
    }
    return -1;
out:
    return i;
}

static int with_pointer(const char *text)
{
    int i = 3, *place = &i, came;
    int numbers[4] = { 1, 2, 3, 4 };

    if (text)
        while ((came = next_line()) >= 0) {
            if (!came)
                continue;
            mark(place);
            numbers[2] += 10;
            SAY("pointer");
            if (strcmp(line, "next") == 0)
                return i + numbers[2];
        }
    else
        return 0;
    return -1;
}

static int with_types(const char *text)
{
#if VERSION == 1
    unsigned char i = 250;
#else
    long i = -5;
#endif
    int came;

    for (; (came = next_line()) >= 0;) {
        if (!came)
            continue;
        i += 3;
        SAY("types");
        if (strcmp(line, "next") == 0)
            return (int)i;
    }
    return -1;
}

int main(int argc, char **argv)
{
    int result = 0;

    switch (argc > 1 ? argv[1][0] : 0) {
    case 'f': result = with_for("text"); break;
    case 'd': result = with_do("text"); break;
    case 'g': result = with_goto("text"); break;
    case 'p': result = with_pointer("text"); break;
    case 't': result = with_types("text"); break;
    }
    if (result >= 0)
        say("result %d", result);
    return 0;
}
