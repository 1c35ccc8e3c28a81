#include <serve.h>

struct slot {
#if VERSION >= 2
    short since;
#endif
    char letter;
    int count;
#if VERSION >= 3
    unsigned seen : 1;
#endif
};

static struct slot *pick(char letter)
{
    static struct slot slots[26];
    static struct slot others = { .letter = '?' };
    struct slot *s = &others;

    if (letter >= 'a' && letter <= 'z') {
        s = &slots[letter - 'a'];
        s->letter = letter;
    }
    return s;
}

static void answer(const char *text)
{
    static struct {
        struct slot last;
        int calls;
#if VERSION >= 2
        char text[8];
#endif
    } memory;

    for (; *text; text++) {
        struct slot *s = pick(*text);

        s->count++;
#if VERSION >= 2
        if (!s->since)
            s->since = memory.calls + 100;
#endif
#if VERSION >= 3
        s->seen = 1;
#endif
        memory.last = *s;
#if VERSION >= 2
        snprintf(memory.text, sizeof memory.text, "x%c", *text);
#endif
    }
    memory.calls++;
#if VERSION == 1
    say("%c %d, %d", memory.last.letter, memory.last.count, memory.calls);
#elif VERSION == 2
    say("%c %d since %d, %d %s", memory.last.letter, memory.last.count, memory.last.since,
        memory.calls, memory.text);
#else
    say("%c %d since %d seen %d %d, %d %s", memory.last.letter, memory.last.count,
        memory.last.since, memory.last.seen, pick('a')->seen, memory.calls, memory.text);
#endif
}

SERVE(answer)
