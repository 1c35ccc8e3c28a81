#include <serve.h>
#include <stdlib.h>

struct node {
    int one;
#if VERSION >= 2
    int two;
#endif
#if VERSION >= 3
    char three[16];
#endif
#if VERSION >= 4
    double four;
#endif
    struct node *next;
#if VERSION >= 5
    struct {
        int a, b;
    } five;
#endif
};

static struct node *nodes;

static struct node *find(int number)
{
    struct node *n;

    for (n = nodes; n; n = n->next)
        if (n->one / 100 == number)
            return n;
    n = calloc(1, sizeof *n);
    n->one = number * 100;
    n->next = nodes;
    return nodes = n;
}

static void answer(const char *text)
{
    struct node *n = find(*text - '0');
    char out[100];
    int length;

    n->one++;
    length = sprintf(out, "%d", n->one);
#if VERSION >= 2
    n->two += 2;
    length += sprintf(out + length, " %d", n->two);
#endif
#if VERSION >= 3
    strcat(n->three, "3");
    length += sprintf(out + length, " %s", n->three);
#endif
#if VERSION >= 4
    n->four += 0.5;
    length += sprintf(out + length, " %.1f", n->four);
#endif
#if VERSION >= 5
    n->five.a++;
    n->five.b--;
    length += sprintf(out + length, " %d %d", n->five.a, n->five.b);
#endif
    say("%.*s", length, out);
}

SERVE(answer)
