#include <serve.h>
#include <stdlib.h>

enum colour { RED, GREEN = 5, BLUE };

struct car {
    char plate[6];
#if VERSION == 1
    enum colour colour;
    int wheels;
#elif VERSION == 2
    int colour;
    enum { TWO = 2, FOUR = 4 } wheels;
#else
    signed char colour;
    unsigned wheels : 3;
#endif
    int speed;
};

static struct car *cars[3];

static void answer(const char *text)
{
    int number = text[0] - '0';
    struct car *c = cars[number];

    if (!c) {
        c = cars[number] = calloc(1, sizeof *c);
        snprintf(c->plate, sizeof c->plate, "car%d", number % 10);
        c->colour = number == 0 ? BLUE : number == 1 ? GREEN : RED;
        c->wheels = number == 1 ? 2 : 4;
        c->speed = 50;
    }
    c->speed++;
    if (text[1] == '!')
        c->colour = VERSION == 1 ? GREEN : -9;
    say("%s %d %d %d v%d", c->plate, (int)c->colour, (int)c->wheels, c->speed, VERSION);
}

SERVE(answer)
