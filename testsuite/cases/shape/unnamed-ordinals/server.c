#include <serve.h>
#include <stdlib.h>

/* Before the others, in version 3: their ordinals are other ones. */
#if VERSION >= 3
struct { long before; } early[2] = { { 7 }, { 8 } };
#endif

struct {
    const char *name;
#if VERSION >= 2
    int last;
#endif
    int seen;
} words[2] = { { .name = "a" }, { .name = "b" } };

struct outer {
    struct outer *next;
#if VERSION >= 3
    struct { int q, r; } list[2];
#endif
    struct {
        int x;
#if VERSION >= 2
        int z;
#endif
        int y;
    } in;
#if VERSION < 3
    struct { int q, r; } list[2];
#endif
} *all;

static void answer(const char *text)
{
    int number = text[0] == 'b';
    struct outer *o = all;
    words[number].seen++;
    if (!o || text[1]) {
        o = calloc(1, sizeof *o);
        o->next = all;
        all = o;
    }
    o->in.x++;
    o->in.y += 2;
    o->list[1].q += 3;
    o->list[1].r += 5;
#if VERSION >= 2
    o->in.z += 10;
    words[number].last += 100;
#endif
    say("%d %s: seen %d, in %d %d, list %d %d", VERSION, text, words[number].seen, o->in.x, o->in.y, o->list[1].q, o->list[1].r);
#if VERSION >= 2
    say("last %d, z %d", words[number].last, o->in.z);
#endif
#if VERSION >= 3
    say("early %ld %ld", early[0].before, early[1].before);
    early[1].before++;
#endif
}

SERVE(answer)
