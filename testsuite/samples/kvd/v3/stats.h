/* stats.h - how long commands take. */
#ifndef KVD_STATS_H
#define KVD_STATS_H

#include "client.h"

#include <stddef.h>

/* The command in a row of the table took so many nanoseconds. */
void stats_add(size_t row, unsigned long nanoseconds);
void stats_show(struct buffer *text);
void stats_reset(void);
unsigned long stats_clock(void);

#endif
