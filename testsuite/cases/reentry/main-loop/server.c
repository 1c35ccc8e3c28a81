#include <serve.h>
#include <stdlib.h>

struct totals {
    int lines;
    int letters;
};

static int twice(int value)
{
    return 2 * value;
}

int main(int argc, char **argv)
{
    struct totals totals = { 0, 0 };
    char last[32] = "nothing";
    int count = 100, *place = &count;
#if VERSION == 1
    int removed = 5;
#else
    long added = twice(argc) + 40;
    const char *label = "new";
    int numbers[3] = { 7, 8, 9 };
    int empty;
#endif
    int came;

    while ((came = next_line()) >= 0) {
        if (!came)
            continue;
        (*place)++;
        totals.lines++;
        totals.letters += (int)strlen(line);
        if (strcmp(line, "end") == 0)
            break;
#if VERSION == 1
        say("%d %d %d %s %d", count, totals.lines, totals.letters, last, removed++);
#else
        say("%s: %d %d %d %s %ld %d %d", label, count, totals.lines, totals.letters, last, added++,
            numbers[1]++, empty);
#endif
        snprintf(last, sizeof last, "%s", line);
    }
#if VERSION == 1
    say("end of one, %d", totals.lines);
    return 0;
#else
    say("end of two, %d, %s", totals.lines, argv[0] ? last : "");
    return 0;
#endif
}
