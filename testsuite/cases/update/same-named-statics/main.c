#include <serve.h>

void north(void);
void south(void);

static void answer(const char *text)
{
    (void)text;
    north();
    south();
}

SERVE(answer)
