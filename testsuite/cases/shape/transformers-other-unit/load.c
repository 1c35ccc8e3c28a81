#include "item.h"

/* Not changed, and private to this unit: it has no other part in the patch. */
static int grams(int weight)
{
    return weight * 1000;
}

void load(struct item *item)
{
    item->weight += grams(1) / 1000;
}
