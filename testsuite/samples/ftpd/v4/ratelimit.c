/* ratelimit.c - a limited transfer moves small chunks and sleeps between them. */
#include "ratelimit.h"

#include "sysutil.h"

/* Chunks a second: many short sleeps, so that a transfer never looks stalled. */
#define STEPS_PER_SECOND 20
#define LEAST_CHUNK 256

/* Sleeps shorter than this cost more than they are worth. */
#define LEAST_SLEEP_MS 5
#define BURST_MS 100

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

void ratelimit_adjust(struct ratelimit *limit, unsigned int rate)
{
    if (limit->rate != rate)
        ratelimit_start(limit, rate);
}

void ratelimit_spend(struct ratelimit *limit, unsigned int bytes)
{
    long long elapsed;
    long long due;

    limit->spent += bytes;
    if (limit->rate == 0)
        return;
    elapsed = sys_now_ms() - limit->started_ms;
    /* A tenth of a second may be sent ahead, so that small files are not held up. */
    due = limit->spent * 1000 / limit->rate - BURST_MS;
    if (due - elapsed >= LEAST_SLEEP_MS)
        sys_sleep_ms(due - elapsed);
}
