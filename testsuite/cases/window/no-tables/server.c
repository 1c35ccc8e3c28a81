#include <serve.h>

#include <stdlib.h>

static int count;

/* The only call that waits; everybody comes here. */
static const char *next(void)
{
    size_t length = 0;

    while (read(0, line + length, 1) == 1) {
        if (line[length] == '\n') {
            line[length] = '\0';
            return line;
        }
        length++;
    }
    exit(0);
}

#if VERSION == 1
static void report(int lines)
{
    say("%d lines", lines);
}
#elif VERSION == 2
static void report(int lines, const char *mark)
{
    say("number of lines: %d%s", lines, mark);
}
#else
static void report(const char *what)
{
    say("%s", what);
}
#endif

/* Waits below a function of the C library. */
static int compare(const void *key, const void *number)
{
    (void)key;
    say("%d?", *(const int *)number);
    return strcmp(next(), "yes") == 0 ? 0 : 1;
}

static void ask(void)
{
    static const int numbers[] = { 1, 2, 3 };
    const int *found = bsearch(numbers, numbers, 3, sizeof *numbers, compare);

    say("%d it is", found ? *found : 0);
}

/* Calls what changes when it has waited. */
static void edit(void)
{
    int lines = 0;

    while (strcmp(next(), "done") != 0) {
        lines++;
        if (strcmp(line, "ask") == 0)
            ask();
        else
            say("line %d", lines);
    }
#if VERSION == 1
    report(lines);
#elif VERSION == 2
    report(lines, "!");
#else
    report(lines ? "some" : "none");
#endif
}

static void obey(const char *what)
{
    count++;
    if (strcmp(what, "edit") == 0)
        edit();
    else if (strcmp(what, "ask") == 0)
        ask();
    else
        say("%d %s in v%d", count, what, VERSION);
}

int main(void)
{
    for (;;)
        obey(next());
}
