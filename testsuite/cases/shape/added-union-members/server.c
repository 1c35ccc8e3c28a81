#include <serve.h>
#include <stdlib.h>

/* The union itself grows: `text` is longer than all that was there. */
struct value {
    char tag;
    union {
        int number;
        short small;
#if VERSION >= 2
        char text[40];
#endif
#if VERSION >= 3
        double real;
#endif
    } as;
    int uses;
};

static struct value *values[3];

static void show(struct value *v)
{
    v->uses++;
    switch (v->tag) {
    case 'n':
        say("number %d, use %d", v->as.number, v->uses);
        break;
    case 's':
        say("small %d, use %d", v->as.small, v->uses);
        break;
#if VERSION >= 2
    case 't':
        say("text %s, use %d", v->as.text, v->uses);
        break;
#endif
#if VERSION >= 3
    case 'r':
        say("real %.2f, use %d", v->as.real, v->uses);
        break;
#endif
    default:
        say("what is %c?", v->tag);
    }
}

/* <index><tag><value> or <index>. */
static void answer(const char *text)
{
    struct value **v = &values[*text - '0'];

    if (text[1]) {
        if (!*v)
            *v = calloc(1, sizeof **v);
        (*v)->tag = text[1];
        if (text[1] == 'n')
            (*v)->as.number = atoi(text + 2);
        if (text[1] == 's')
            (*v)->as.small = atoi(text + 2);
#if VERSION >= 2
        if (text[1] == 't')
            snprintf((*v)->as.text, sizeof (*v)->as.text, "%s", text + 2);
#endif
#if VERSION >= 3
        if (text[1] == 'r')
            (*v)->as.real = atof(text + 2);
#endif
    }
    show(*v);
}

SERVE(answer)
