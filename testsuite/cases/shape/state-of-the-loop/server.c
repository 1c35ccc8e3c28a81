#include <ginseng.h>
#include <serve.h>

struct session {
    int lines;
#if VERSION >= 2
    int letters;
#endif
    char last[12];
#if VERSION >= 3
    long words[2];
#endif
};

static void answer(struct session *s, const char *text)
{
    s->lines++;
#if VERSION >= 2
    s->letters += strlen(text);
#endif
#if VERSION >= 3
    s->words[strchr(text, ' ') != NULL]++;
#endif
#if VERSION == 1
    say("%d after '%s'", s->lines, s->last);
#elif VERSION == 2
    say("%d %d after '%s'", s->lines, s->letters, s->last);
#else
    say("%d %d %ld %ld after '%s'", s->lines, s->letters, s->words[0], s->words[1], s->last);
#endif
    snprintf(s->last, sizeof s->last, "%s", text);
}

/* One in main, which only hands it down; another one in the function of the event loop, which
   starts again for each conversation. */
static void serve(struct session *all)
{
    struct session one = { 0 };
    int came;

    while ((came = next_line()) >= 0) {
        GINSENG_UPDATE_POINT("line");
        if (came == 0)
            continue;
        if (strcmp(line, "again") == 0)
            return;
        answer(*line == 'm' ? all : &one, line);
    }
    _exit(0);
}

int main(void)
{
    struct session all;

    memset(&all, 0, sizeof all);
    for (;;)
        serve(&all);
}
