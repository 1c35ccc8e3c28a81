#include <serve.h>
#include <stdlib.h>

/* Values that begin alike, and are told by their kinds. */
struct value {
    int kind;
#if VERSION == 3
    int uses;
#endif
};

struct text {
    int kind;
#if VERSION == 3
    int uses;
#endif
    char text[8];
#if VERSION >= 2
    int length;
#endif
};

struct number {
    int kind;
#if VERSION == 3
    int uses;
#endif
    long number;
};

static struct value *values[4];
static int count;

static void print(struct value *value)
{
    const struct text *text = (const struct text *)value;

#if VERSION == 3
    value->uses++;
#endif
    if (value->kind == 1)
        say("number %ld", ((const struct number *)value)->number);
#if VERSION == 1
    else
        say("text %s", text->text);
#else
    else
        say("text %s %d", text->text, text->length);
#endif
}

static void answer(const char *line)
{
    if (line[0] >= '0' && line[0] <= '9') {
        struct number *number = calloc(1, sizeof *number);

        number->kind = 1;
        number->number = atol(line);
        values[count++] = (struct value *)number;
    } else if (strcmp(line, "print") != 0) {
        struct text *text = calloc(1, sizeof *text);

        text->kind = 2;
        snprintf(text->text, sizeof text->text, "%s", line);
#if VERSION >= 2
        text->length = strlen(line);
#endif
        values[count++] = (struct value *)text;
    }
    for (int i = 0; i < count; i++)
        print(values[i]);
    say("-");
}

SERVE(answer)
