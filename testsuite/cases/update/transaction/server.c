#include <ginseng.h>
#include <serve.h>

static int mark(void)
{
    return VERSION;
}

/* Waits for a line, with a place for an update. */
static int get(void)
{
    int came;

    while ((came = next_line()) == 0)
        GINSENG_UPDATE_POINT("get");
    return came;
}

static int pair(void)
{
    int first = mark();

    GINSENG_TRANSACTION {
        if (get() < 0)
            return -1;
        if (strcmp(line, "return") == 0)
            return 1;
        say("%d %d %s", first, mark(), line);
    }
    return 0;
}

int main(void)
{
    for (;;) {
        int before = mark();

        if (before)
            GINSENG_TRANSACTION {
                if (get() < 0)
                    break;
                if (strcmp(line, "again") == 0)
                    continue;
                GINSENG_TRANSACTION
                {
                    if (strcmp(line, "pair") == 0 && pair() < 0)
                        return 1;
                }
                say("%d %d %s", before, mark(), line);
            }
        else
            say("never");
        if (strcmp(line, "free") == 0) {
            say("free %d", mark());
            get();
            say("behind %d", mark());
        }
    }
    return 0;
}
