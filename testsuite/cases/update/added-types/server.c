#include <serve.h>

#include <stdint.h>
#include <stdlib.h>

#if VERSION >= 2
struct node {
    struct node *next;
    union {
        int32_t number;
        float ratio;
    };
    unsigned kind : 3, mark : 1;
};

typedef struct {
    struct node *head;
    size_t count;
} list;

static list nodes;

static list add(list before, int number)
{
    struct node *node = malloc(sizeof *node);

    *node = (struct node){ .next = before.head, .number = number, .kind = 5 };
    return (list){ node, before.count + 1 };
}
#endif

static void answer(const char *text)
{
#if VERSION == 1
    say("%s", text);
#else
    int sum = 0;

    nodes = add(nodes, (int)strlen(text));
    for (struct node *node = nodes.head; node; node = node->next)
        sum += node->number + (node->kind == 5 && !node->mark ? 100 : 0);
    say("%zu nodes, sum %d", nodes.count, sum);
#endif
}

SERVE(answer)
