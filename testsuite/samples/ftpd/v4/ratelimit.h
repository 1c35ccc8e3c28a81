/* ratelimit.h - how fast one transfer may go. */
#ifndef FTPD_RATELIMIT_H
#define FTPD_RATELIMIT_H

struct ratelimit {
    unsigned int rate; /* bytes per second, 0: no limit */
    long long started_ms;
    long long spent; /* bytes since then */
};

void ratelimit_start(struct ratelimit *limit, unsigned int rate);

/* Takes a rate that was changed during the transfer; what went before is paid. */
void ratelimit_adjust(struct ratelimit *limit, unsigned int rate);

/* How many bytes the next step should move, at most `most`. */
unsigned int ratelimit_chunk(const struct ratelimit *limit, unsigned int most);

/* Notes that `bytes` were moved and sleeps for as long as they were too fast. */
void ratelimit_spend(struct ratelimit *limit, unsigned int bytes);

#endif
