#include <serve.h>
#include <stdlib.h>

struct score {
    char name[8];
    int points;
#if VERSION >= 2
    int games;
#endif
#if VERSION >= 3
    char team[12];
#endif
};

static struct score scores[8];
static int count;

static int by_points(const void *left, const void *right)
{
    const struct score *l = left, *r = right;

    return r->points - l->points;
}

static void show(void)
{
    for (int i = 0; i < count; i++)
#if VERSION == 1
        say("%s %d", scores[i].name, scores[i].points);
#elif VERSION == 2
        say("%s %d in %d", scores[i].name, scores[i].points, scores[i].games);
#else
        say("%s %d in %d of '%s'", scores[i].name, scores[i].points, scores[i].games,
            scores[i].team);
#endif
}

/* <points><name> adds points. */
static void answer(const char *text)
{
    char *name;
    int points = strtol(text, &name, 10), i;

    for (i = 0; i < count; i++)
        if (strcmp(scores[i].name, name) == 0)
            break;
    if (i == count) {
        snprintf(scores[i].name, sizeof scores[i].name, "%s", name);
        count++;
    }
    scores[i].points += points;
#if VERSION >= 2
    scores[i].games += 10;
#endif
#if VERSION >= 3
    snprintf(scores[i].team, sizeof scores[i].team, "team %s", name);
#endif
    qsort(scores, count, sizeof *scores, by_points);
    show();
}

SERVE(answer)
