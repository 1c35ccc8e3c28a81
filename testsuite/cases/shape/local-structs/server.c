#include <serve.h>
#include <stdlib.h>

/* Variables that are declared with their struct, a struct that is defined inside another one, and
   structs of functions, of which two have the tag of one at file scope. */
struct pair {
    int a;
    struct inside {
        char letter;
#if VERSION >= 2
        int added;
#endif
    } in[2], *one;
#if VERSION >= 2
    int b;
#endif
} first = { .a = 1 }, *pointer = &first;

static struct {
    struct inside in;
    int number;
#if VERSION >= 3
    int third;
#endif
} unnamed;

static int counted(int by)
{
    static struct pair {
        int calls;
#if VERSION >= 2
        long sum;
#endif
    } local = { 10
#if VERSION >= 2
                , 500
#endif
    };

    local.calls++;
#if VERSION >= 2
    local.sum += by;
    return local.calls * 1000 + local.sum;
#else
    return local.calls * 1000 + by;
#endif
}

static int *listed(int by)
{
    struct pair {
#if VERSION >= 2
        double more;
#endif
        struct pair *next;
        int number;
    };
    static struct pair *list;
    struct pair *p = malloc(sizeof *p);

    p->next = list;
    p->number = by + (list ? list->number : 0);
#if VERSION >= 2
    p->more = list ? list->more + 0.5 : 0;
    p->number += p->more * 2;
#endif
    list = p;
    return &p->number;
}

static void answer(const char *text)
{
    int n = strlen(text);

    pointer->a += n;
    pointer->one = &first.in[n % 2];
    pointer->one->letter = *text;
    unnamed.in.letter++;
    unnamed.number += n;
#if VERSION >= 2
    pointer->b -= n;
    pointer->one->added += 100;
    unnamed.in = *pointer->one;
#endif
#if VERSION >= 3
    unnamed.third += 3;
    say("third %d", unnamed.third);
#endif
#if VERSION == 1
    say("%d %c%c %d %d", first.a, first.in[0].letter ? first.in[0].letter : '-',
        first.in[1].letter ? first.in[1].letter : '-', unnamed.in.letter, unnamed.number);
#else
    say("%d %c%d %c%d %c%d %d %d", first.a, first.in[0].letter ? first.in[0].letter : '-',
        first.in[0].added, first.in[1].letter ? first.in[1].letter : '-', first.in[1].added,
        unnamed.in.letter, unnamed.in.added, unnamed.number, first.b);
#endif
    say("%d %d", counted(n), *listed(n));
}

SERVE(answer)
