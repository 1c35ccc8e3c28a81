#include <serve.h>
#include <stdlib.h>

#if VERSION == 1
#define FEW 4
#define MANY 6
#elif VERSION == 2
#define FEW 8
#define MANY 3
#else
#define FEW 2
#define MANY 5
#endif

struct pair {
    char letter;
    short number;
};

struct series {
    int number;
    int grown[FEW];
    struct pair shrunk[MANY];
    char end;
};

static struct series *all[3];

static void show(const struct series *s)
{
    char text[200];
    int length = sprintf(text, "%d:", s->number);

    for (int i = 0; i < FEW; i++)
        length += sprintf(text + length, " %d", s->grown[i]);
    for (int i = 0; i < MANY; i++)
        length += sprintf(text + length, " %c%d", s->shrunk[i].letter ? s->shrunk[i].letter : '-',
                          s->shrunk[i].number);
    say("%s %c", text, s->end);
}

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct series *s = all[number];

    if (!s) {
        s = all[number] = calloc(1, sizeof *s);
        s->number = number;
        s->end = '.';
    }
    if (text[1] == '!') {
        for (int i = 0; i < FEW; i++)
            s->grown[i] = VERSION * 10 + i;
        for (int i = 0; i < MANY; i++) {
            s->shrunk[i].letter = 'a' + i;
            s->shrunk[i].number = VERSION * 100 + i;
        }
    }
    show(s);
}

SERVE(answer)
