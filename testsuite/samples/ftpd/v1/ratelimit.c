/* ratelimit.c - a limited transfer moves small chunks and sleeps between them. */
#include "ratelimit.h"

#include "sysutil.h"

/* Chunks a second: many short sleeps, so that a transfer never looks stalled. */
#define STEPS_PER_SECOND 10
#define LEAST_CHUNK 256

void ratelimit_start(struct ratelimit *limit, unsigned int rate)
{
    limit->rate = rate;
    limit->started_ms = sys_now_ms();
    limit->spent = 0;
}

unsigned int ratelimit_chunk(const struct ratelimit *limit, unsigned int most)
{
    unsigned int chunk = limit->rate / STEPS_PER_SECOND;

    if (limit->rate == 0)
        return most;
    if (chunk < LEAST_CHUNK)
        chunk = LEAST_CHUNK;
    return chunk < most ? chunk : most;
}

/* How far the transfer is ahead of its rate. */
static long long ahead_ms(const struct ratelimit *limit)
{
    long long due = limit->spent * 1000 / limit->rate;

    return due - (sys_now_ms() - limit->started_ms);
}

void ratelimit_spend(struct ratelimit *limit, unsigned int bytes)
{
    long long ahead;

    limit->spent += bytes;
    if (limit->rate == 0)
        return;
    ahead = ahead_ms(limit);
    if (ahead > 0)
        sys_sleep_ms(ahead);
}
