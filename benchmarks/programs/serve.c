/* serve.c - a line with a number: so many rounds, and a line with their sum. */
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef __GINSENG__
#include <ginseng.h>
#else
#define GINSENG_UPDATE_POINT(name) ((void)0)
#endif

static void answer(unsigned long rounds)
{
    unsigned int sum = 0;
    unsigned long round;

    for (round = 0; round < rounds; round++)
        sum = sum * 31 + work_round((unsigned int)round);
    printf("%u %d\n", sum, VERSION);
    fflush(stdout);
}

int main(void)
{
    char line[32];

    work_start();
    while (fgets(line, sizeof line, stdin) != NULL) {
        GINSENG_UPDATE_POINT("line");
        answer(strtoul(line, NULL, 10));
    }
    return 0;
}
