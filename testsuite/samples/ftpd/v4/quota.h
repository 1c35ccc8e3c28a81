/* quota.h - how much one session may store. */
#ifndef FTPD_QUOTA_H
#define FTPD_QUOTA_H

#include "str.h"

struct quota {
    long long limit; /* bytes, 0: none */
    long long used;
};

void quota_set(struct quota *quota, long long limit);

/* Whether `bytes` more fit; takes them if they do. */
int quota_take(struct quota *quota, long long bytes);

void quota_describe(const struct quota *quota, struct str *text);

#endif
