#include <serve.h>
#include <stdlib.h>

struct value {
    int number;
#if VERSION >= 2
    char unit[6];
#endif
};

struct sample {
    struct value value;
    struct sample *next;
#if VERSION >= 3
    struct value raw;
#endif
};

static struct value best, history[4];
static struct sample *samples;

static void show(const char *what, const struct value *v)
{
#if VERSION == 1
    say("%s %d", what, v->number);
#else
    say("%s %d%s", what, v->number, v->unit);
#endif
}

/* <number><unit> is a new sample; everything is passed on by assigning whole structs. */
static void answer(const char *text)
{
    struct sample *s = malloc(sizeof *s), *old, copy;
    struct value swapped;

    memset(s, 0, sizeof *s);
    s->value.number = atoi(text);
#if VERSION >= 2
    snprintf(s->value.unit, sizeof s->value.unit, "%s", text + strspn(text, "0123456789"));
#endif
#if VERSION >= 3
    s->raw = s->value;
    s->raw.number *= 100;
#endif
    s->next = samples;
    samples = s;
    if (s->value.number > best.number)
        best = s->value;
    for (int i = 3; i > 0; i--)
        history[i] = history[i - 1];
    history[0] = s->value;
    swapped = history[1];
    history[1] = history[2];
    history[2] = swapped;
    copy = *s;
    copy.value.number++;
    if (s->next && s->next->next) {
        old = s->next->next;
        *old = copy;
        old->next = NULL;
    }
    show("best", &best);
    for (int i = 0; i < 4; i++)
        show("history", &history[i]);
    for (s = samples; s; s = s->next) {
        show("sample", &s->value);
#if VERSION >= 3
        show("raw", &s->raw);
#endif
    }
}

SERVE(answer)
