#include <serve.h>
#include <stdlib.h>

/* A pool of equal pieces of one big block; free ones are linked through their first word. */
static char block[64 * 64];
static void *free_pieces;
static int used;

static void *take(size_t size)
{
    void *piece = free_pieces;

    if (size > 64)
        abort();
    if (piece) {
        memcpy(&free_pieces, piece, sizeof free_pieces);
        memset(piece, 0, 64);
        return piece;
    }
    if (used == 64)
        abort();
    return block + 64 * used++;
}

static void give(void *piece)
{
    memcpy(piece, &free_pieces, sizeof free_pieces);
    free_pieces = piece;
}

struct guest {
    char name[8];
    int nights;
#if VERSION >= 2
    int room;
#endif
#if VERSION >= 3
    char wish[24];
#endif
};

static struct guest *guests[10];

/* <index><name> comes, <index>- goes, <index>? stays a night. */
static void answer(const char *text)
{
    struct guest **g = &guests[*text - '0'];

    if (text[1] == '-') {
        give(*g);
        *g = NULL;
        return say("gone");
    }
    if (text[1] == '?') {
        (*g)->nights++;
#if VERSION >= 2
        (*g)->room = 100 + (*g)->nights;
#endif
#if VERSION >= 3
        snprintf((*g)->wish, sizeof (*g)->wish, "wish %d", (*g)->room);
#endif
    } else if (text[1]) {
        *g = take(sizeof **g);
        snprintf((*g)->name, sizeof (*g)->name, "%s", text + 1);
    }
#if VERSION == 1
    say("%s %d of %d", (*g)->name, (*g)->nights, used);
#elif VERSION == 2
    say("%s %d %d of %d", (*g)->name, (*g)->nights, (*g)->room, used);
#else
    say("%s %d %d '%s' of %d", (*g)->name, (*g)->nights, (*g)->room, (*g)->wish, used);
#endif
}

SERVE(answer)
