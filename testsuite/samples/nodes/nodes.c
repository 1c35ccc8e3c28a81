/* nodes.c - a million objects of one size, in a list from malloc or in one array: `nodes 48 list`.
   Says "ready" when all are there, and then answers each line with what the first and the last
   object hold, until its input ends. Version 2 gives each type a field. */
#include <serve.h>
#include <stdlib.h>

#define COUNT 1000000
#if VERSION == 2
#define ADDED int added;
#define ADD(node) ++(node)->added
#else
#define ADDED
#define ADD(node) 0
#endif

#define SIZES(X)                                                               \
    X(16) X(24) X(32) X(40) X(48) X(56) X(64) X(72) X(80) X(88) X(96) X(104)   \
    X(112) X(120) X(128)

/* Each size has a type of its own, as in a program that is updated. */
#define TYPE(size)                                                             \
    struct node##size {                                                        \
        struct node##size *next;                                               \
        char text[size - sizeof(void *)];                                      \
        ADDED                                                                  \
    };                                                                         \
    static struct node##size *first##size;                                     \
    static void as_list##size(void)                                            \
    {                                                                          \
        for (int i = 0; i < COUNT; i++) {                                      \
            struct node##size *node = malloc(sizeof *node);                    \
            memset(node->text, 'x', sizeof node->text);                        \
            node->next = first##size;                                          \
            first##size = node;                                                \
        }                                                                      \
    }                                                                          \
    static void as_array##size(void)                                           \
    {                                                                          \
        first##size = calloc(COUNT, sizeof *first##size);                      \
        for (int i = 0; i < COUNT; i++) {                                      \
            first##size[i].next = i < COUNT - 1 ? &first##size[i + 1] : NULL;  \
            first##size[i].text[0] = 'x';                                      \
        }                                                                      \
    }                                                                          \
    static void show##size(void)                                               \
    {                                                                          \
        struct node##size *last = first##size;                                 \
        int count = 1;                                                         \
        for (; last->next; last = last->next)                                  \
            count++;                                                           \
        say("%d %c %c %d %d", count, first##size->text[0], last->text[0],      \
            ADD(first##size), ADD(last));                                      \
    }
SIZES(TYPE)

static const struct {
    int size;
    void (*as_list)(void), (*as_array)(void), (*show)(void);
} makers[] = {
#define ROW(size) { size, as_list##size, as_array##size, show##size },
    SIZES(ROW)
};

static int chosen;

static void answer(const char *text)
{
    (void)text;
    makers[chosen].show();
}

int main(int argc, char **argv)
{
    int came;

    if (argc != 3)
        return 2;
    while (makers[chosen].size != atoi(argv[1]))
        chosen++;
    strcmp(argv[2], "list") == 0 ? makers[chosen].as_list() : makers[chosen].as_array();
    say("ready");
    while ((came = next_line()) >= 0)
        if (came)
            answer(line);
    return 0;
}
