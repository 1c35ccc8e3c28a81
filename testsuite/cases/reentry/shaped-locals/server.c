#include <serve.h>

struct session {
    int lines;
#if VERSION > 1
    int words;
#endif
    char last[16];
#if VERSION > 2
    long letters;
#endif
};

static struct session *others[2];

static void note(struct session *session)
{
    session->lines++;
#if VERSION > 1
    session->words += 2;
#endif
#if VERSION > 2
    session->letters += (long)strlen(line);
#endif
    snprintf(session->last, sizeof session->last, "%s", line);
}

int main(void)
{
    struct session session = { .lines = 10, .last = "none" };
    struct session pair[2] = { { 1 }, { 2 } };
    int came;
#if VERSION > 1
    struct session fresh = { .lines = 100, .words = 7 };
#endif

    others[0] = &pair[0];
    others[1] = &pair[1];
    while ((came = next_line()) >= 0) {
        if (!came)
            continue;
        note(&session);
        note(others[session.lines & 1]);
#if VERSION == 1
        say("%d %s %d %d", session.lines, session.last, pair[0].lines, pair[1].lines);
#elif VERSION == 2
        note(&fresh);
        say("%d %s %d %d: %d %d %d, %d %d", session.lines, session.last, pair[0].lines, pair[1].lines,
            session.words, pair[0].words, pair[1].words, fresh.lines, fresh.words);
#else
        say("%d %d %ld %ld %ld, %d", session.lines, session.words, session.letters, pair[0].letters,
            pair[1].letters, fresh.words);
#endif
    }
    return 0;
}
