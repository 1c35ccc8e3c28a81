#include <serve.h>

#include "table.h"

static void answer(const char *text)
{
    for (int i = 0; i < table_rows; i++)
        if (strcmp(table[i].name, text) == 0) {
            say("%d of %d", table[i].value++, table_rows);
            return;
        }
    say("unknown");
}

SERVE(answer)
