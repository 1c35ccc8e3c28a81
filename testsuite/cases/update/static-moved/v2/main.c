#include <serve.h>

int count_one(void);
int sum_up(void);

static void answer(const char *text)
{
    say("%s: count %d, sum %d", text, count_one(), sum_up());
}

SERVE(answer)
