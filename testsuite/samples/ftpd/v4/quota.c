/* quota.c - counts what a session stores. */
#include "quota.h"

void quota_set(struct quota *quota, long long limit)
{
    quota->limit = limit;
    quota->used = 0;
}

int quota_take(struct quota *quota, long long bytes)
{
    if (quota->limit > 0 && bytes > quota->limit - quota->used)
        return 0;
    quota->used += bytes;
    return 1;
}

void quota_describe(const struct quota *quota, struct str *text)
{
    if (quota->limit == 0)
        str_addf(text, "%lld bytes stored, no quota", quota->used);
    else
        str_addf(text, "%lld of %lld bytes stored", quota->used, quota->limit);
}
