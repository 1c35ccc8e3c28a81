#include "server.h"

/* Another struct with a tag that the other unit has as well. */
struct local {
    int lines;
#if VERSION >= 3
    int letters;
#endif
};

struct part root = { .name = "root" };
static struct part *parts[4];
static struct local local;

static void answer(const char *text)
{
    int number = *text - '0';

    local.lines++;
#if VERSION >= 3
    local.letters += strlen(text);
#endif
    if (*text == 'r') {
        part_show(&root);
    } else {
        if (!parts[number])
            parts[number] = part_new(number, text + 1);
        part_touch(parts[number]);
        part_show(parts[number]);
    }
#if VERSION < 3
    say("%d: %d", local.lines, part_sum(&root));
#else
    say("%d %d: %d", local.lines, local.letters, part_sum(&root));
#endif
}

SERVE(answer)
