#include "table.h"

struct entry table[] = {
    { "one", 1 },
    { "two", 2 },
#if VERSION >= 2
    { "three", 3 },
#endif
};

int table_rows = sizeof table / sizeof *table;
