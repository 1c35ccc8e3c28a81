#include <serve.h>
#include <stdlib.h>

struct row {
    int number;
#if VERSION >= 2
    char tag[16];
#endif
#if VERSION >= 3
    long score;
#endif
};

static struct row *rows;
static int count;

/* `+` adds a row, `-` drops the last one, a digit shows and changes one, `*` adds 1000 rows. */
static void answer(const char *text)
{
    int i = atoi(text + 1);
    long sum = 0;

    switch (*text) {
    case '*':
    case '+':
        for (int left = *text == '*' ? 1000 : 1; left; left--) {
            rows = realloc(rows, (count + 1) * sizeof *rows);
            memset(&rows[count], 0, sizeof *rows);
            rows[count].number = count;
            count++;
        }
        break;
    case '-':
        rows = realloc(rows, --count * sizeof *rows);
        break;
#if VERSION >= 2
    case 't':
        snprintf(rows[i].tag, sizeof rows[i].tag, "tag %d", i);
        break;
#endif
#if VERSION >= 3
    case 's':
        rows[i].score += 5 * i;
        break;
#endif
    }
    for (int i = 0; i < count; i++) {
        sum += rows[i].number;
#if VERSION >= 2
        sum += 10000 * (rows[i].tag[0] != '\0');
#endif
#if VERSION >= 3
        sum += rows[i].score * 1000000;
#endif
    }
#if VERSION == 1
    say("%d %ld: %d", count, sum, rows[i].number);
#elif VERSION == 2
    say("%d %ld: %d '%s'", count, sum, rows[i].number, rows[i].tag);
#else
    say("%d %ld: %d '%s' %ld", count, sum, rows[i].number, rows[i].tag, rows[i].score);
#endif
}

SERVE(answer)
