/* stats.c - calls and times by the rows of the command table. */
#include "stats.h"

#include "commands.h"

#include <string.h>
#include <time.h>

#define STATS_ROWS 80

static struct {
    unsigned long calls;
    unsigned long long nanoseconds;
    unsigned long longest;
} rows[STATS_ROWS];

unsigned long stats_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)now.tv_sec * 1000000000ul + (unsigned long)now.tv_nsec;
}

void stats_add(size_t row, unsigned long nanoseconds)
{
    if (row >= STATS_ROWS)
        return;
    rows[row].calls++;
    rows[row].nanoseconds += nanoseconds;
    if (nanoseconds > rows[row].longest)
        rows[row].longest = nanoseconds;
}

void stats_show(struct buffer *text)
{
    size_t row;

    for (row = 0; row < commands_count() && row < STATS_ROWS; row++) {
        if (rows[row].calls != 0)
            buffer_add_format(text, "%s calls=%lu us=%llu longest=%lu\n", commands_name(row),
                              rows[row].calls, rows[row].nanoseconds / 1000,
                              rows[row].longest / 1000);
    }
}

void stats_reset(void)
{
    memset(rows, 0, sizeof rows);
}
